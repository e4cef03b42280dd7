insert into @.forced values (1, 'x')

refresh materialized view @.of_forced

insert into @.by_class values (3)
