comment on operator class @.by_sum using btree is 'Said again'

comment on operator family @.family using btree is 'Said again'

comment on text search template @.template is 'Said again'

comment on text search parser @.parser is 'Said again'

comment on foreign table @.far is 'Said again'

comment on column @.far.note is 'Said again'
