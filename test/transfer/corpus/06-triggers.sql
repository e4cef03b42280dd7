create table @.noted (id int primary key, text text, at timestamptz)

create table @.note_log (id bigserial, what text)

create function @.note() returns trigger language plpgsql security definer set search_path = @, pg_temp as
'begin insert into note_log (what) values (tg_name || '' '' || tg_op); return coalesce(new, old); end'

create function @.note_statement() returns trigger language plpgsql as
'begin insert into @.note_log (what) values (tg_name); return null; end'

create trigger a_row before insert or update on @.noted for each row when (new.id > 0) execute function @.note()

create trigger b_columns after update of text, at on @.noted for each row execute function @.note()

create trigger c_statement after insert on @.noted referencing new table as fresh for each statement execute function @.note_statement('x', 'it''s')

create trigger d_truncate before truncate on @.noted for each statement execute function @.note_statement()

create constraint trigger e_late after insert on @.noted deferrable initially deferred for each row execute function @.note()

create trigger f_off before delete on @.noted for each row execute function @.note()

create trigger g_always before insert on @.noted for each row execute function @.note()

create trigger h_replica before insert on @.noted for each row execute function @.note()

alter table @.noted disable trigger f_off

alter table @.noted enable always trigger g_always

alter table @.noted enable replica trigger h_replica

create table @.ruled (id int, v int)

create rule keep as on delete to @.ruled do instead nothing

create rule tell as on insert to @.ruled where new.v > 5 do also update @.ruled set v = 5 where id = new.id

create rule off as on update to @.ruled do also notify off

alter table @.ruled disable rule off

comment on trigger a_row on @.noted is 'First'

comment on rule keep on @.ruled is 'For ever'
