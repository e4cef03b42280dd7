// Quantiles of a histogram, against what Prometheus's histogram_quantile says of the same buckets.

import { expect } from "chai";
import fc from "fast-check";
import { addBuckets, fromCumulative, quantile } from "../../../admin/console/traffic/buckets.ts";

const BOUNDS = [0.005, 0.01, 0.1, 1, Infinity];

describe("buckets", () => {
  it("quantile() interpolates within the bucket", () => {
    const buckets = fromCumulative(
      new Map([
        [0.1, 50],
        [0.2, 90],
        [0.4, 100],
        [Infinity, 100],
      ]),
    );
    expect(quantile(buckets, 0.25)).to.be.closeTo(0.05, 1e-12);
    expect(quantile(buckets, 0.5)).to.be.closeTo(0.1, 1e-12);
    expect(quantile(buckets, 0.7)).to.be.closeTo(0.15, 1e-12);
    expect(quantile(buckets, 0.95)).to.be.closeTo(0.3, 1e-12);
    expect(quantile(buckets, 1)).to.be.closeTo(0.4, 1e-12);
  });

  it("quantile() in the last bucket is its lower bound, and of nothing is undefined", () => {
    const buckets = fromCumulative(
      new Map([
        [0.1, 1],
        [Infinity, 10],
      ]),
    );
    expect(quantile(buckets, 0.99)).to.equal(0.1);
    expect(quantile(new Map(), 0.5)).to.equal(undefined);
    expect(quantile(new Map([[1, 0]]), 0.5)).to.equal(undefined);
  });

  it("fromCumulative() takes the bounds in any order, and a scrape between two of them", () => {
    expect([
      ...fromCumulative(
        new Map([
          [Infinity, 7],
          [0.1, 5],
          [1, 4],
        ]),
      ),
    ]).to.deep.equal([
      [0.1, 5],
      [1, 0],
      [Infinity, 2],
    ]);
  });

  it("quantile() lies in the bucket that the observation is in, and grows with its part", () => {
    const observations = fc.array(fc.double({ min: 1e-6, max: 5, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(observations, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, part) => {
        const count = (bound: number) => values.filter((value) => value <= bound).length;
        const buckets = fromCumulative(new Map(BOUNDS.map((bound) => [bound, count(bound)])));
        const found = quantile(buckets, part) ?? -1;
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(part * values.length - 1e-9) - 1] ?? 0;
        const bound = BOUNDS.find((one) => exact <= one) ?? 0;
        const lower = BOUNDS[BOUNDS.indexOf(bound) - 1] ?? 0;
        expect(found).to.be.within(lower, bound === Infinity ? lower : bound);
        expect(quantile(buckets, 1)).to.be.at.least(found);
      }),
    );
  });

  it("addBuckets() of two services is the histogram of all their observations", () => {
    const all = fromCumulative(new Map([[0.1, 2], [1, 4]])); // prettier-ignore
    addBuckets(all, fromCumulative(new Map([[0.1, 1], [0.5, 3]]))); // prettier-ignore
    expect([...all].toSorted(([a], [b]) => a - b)).to.deep.equal([
      [0.1, 3],
      [0.5, 2],
      [1, 2],
    ]);
  });
});
