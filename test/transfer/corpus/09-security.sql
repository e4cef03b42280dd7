create table @.secret (id int primary key, owner_name text, body text)

alter table @.secret enable row level security

create policy mine on @.secret as permissive for select using (owner_name = current_user)

create policy strict on @.secret as restrictive for all to public using (id > 0) with check (body <> '')

comment on policy mine on @.secret is 'One''s own'

revoke all on function @.to_text(@.address) from public

grant select on @.country to public

grant select (id), update (text) on @.noted to public

revoke usage on type @.mood from public

create table @.policed (id int)

create policy all_of_it on @.policed using (true)

comment on schema @ is 'One of many'
