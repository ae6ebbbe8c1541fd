-- Images that a card's own message has shown, so that what comes after others were removed from the
-- store is known to be new. Written along with the card's address.
alter table cards add column shown_image_ids text[] not null default '{}';
-- Cards that stand in the chat already have shown what was finished by then.
update cards set shown_image_ids = shown.image_ids
from (
  select tasks.batch_id, array_agg(images.id) as image_ids
  from images join tasks on tasks.id = images.task_id join cards on cards.batch_id = tasks.batch_id
  where images.removed_at is null and tasks.finished_at <= cards.rendered_at
  group by tasks.batch_id
) shown
where cards.batch_id = shown.batch_id;
