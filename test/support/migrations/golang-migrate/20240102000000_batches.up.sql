-- rowhouse: no transaction

do $$
begin
  for round in 1..2 loop
    update public.users set name = upper(name) where id = round;
    commit;
  end loop;
end
$$;
