alter table updates drop column takeovers, drop column claimed_until;
