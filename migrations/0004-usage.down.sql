alter table tasks drop column charged_on;
drop table usage;
