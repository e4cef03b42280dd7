comment on type @.mood is 'Said again'

comment on domain @.positive is 'Said again'

comment on constraint "above zero" on domain @.positive is 'Said again'

comment on type @.address is 'Said again'

comment on column @.address.street is 'Said again'

comment on collation @.plain is 'Said again'

comment on sequence @.ticket is 'Said again'

comment on column @.parent.name is 'Said again'

comment on constraint "no x" on @.parent is 'Said again'

comment on index @.searched_some is 'Said again'

comment on statistics @.both is 'Said again'

comment on constraint "in country" on @.city is 'Said again'

comment on constraint "v positive" on @.old_rows is 'Said again'

comment on constraint within on domain @.limited is 'Said again'

comment on index @.aa_limited_most is 'Said again'

comment on trigger a_row on @.noted is 'Said again'

comment on rule keep on @.ruled is 'Said again'

comment on view @.plain_view is 'Said again'

comment on column @.plain_view.id is 'Said again'

comment on materialized view @.zz_total is 'Said again'

comment on column @.zz_total.n is 'Said again'

comment on function @.add(int, int, int[]) is 'Said again'

comment on procedure @.work(int) is 'Said again'

comment on aggregate @.sum_up(int) is 'Said again'

comment on operator @.~~~ (@.address, @.address) is 'Said again'

comment on text search configuration @.search is 'Said again'

comment on text search dictionary @.simple_words is 'Said again'

comment on conversion @.to_utf8 is 'Said again'

comment on policy mine on @.secret is 'Said again'
