alter table batches drop column erased_at;
drop table link_guesses;
drop table link_codes;
drop index users_account;
alter table users drop column language, drop column account_id;
