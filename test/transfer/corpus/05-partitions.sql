create table @.region (id int primary key)

create table @.event (at date not null, id int not null, kind text, region int references @.region) partition by range (at)

create table @.event_2025 partition of @.event for values from ('2025-01-01') to ('2026-01-01')

create table @.event_2026 partition of @.event for values from ('2026-01-01') to ('2027-01-01') partition by list (kind)

create table @.event_2026_a partition of @.event_2026 for values in ('a', null)

create table @.event_2026_rest partition of @.event_2026 default

create index event_kind on @.event (kind)

create index event_own on @.event_2025 (id) where id > 0

create table @.spread (id int, name text) partition by hash (id)

create table @.spread_0 partition of @.spread for values with (modulus 2, remainder 0)

create table @.spread_1 partition of @.spread for values with (modulus 2, remainder 1)

create index spread_fold on @.spread (@.fold(name))

create table @.log (id int, level text) partition by list (level)

create table @.log_low partition of @.log for values in ('low')

create table @.log_rest partition of @.log default

create table @.log_high (level text, id int)

alter table @.log attach partition @.log_high for values in ('high')

create table @.booking (at date not null, id int not null, primary key (at, id)) partition by range (at)

create table @.booking_2026 partition of @.booking for values from ('2026-01-01') to ('2027-01-01')

create table @.refers (at date, id int, foreign key (at, id) references @.booking)

alter table @.event add constraint "id >= 0" check (id >= 0) not valid

create function @.count_up() returns trigger language plpgsql as 'begin new.id = new.id + 1; return new; end'

create trigger up before insert on @.log_low for each row execute function @.count_up()

create trigger on_all after insert or update on @.log for each row execute function @.count_up()

insert into @.log values (0, 'other'), (0, 'low')
