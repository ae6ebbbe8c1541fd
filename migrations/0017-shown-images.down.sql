alter table cards drop column shown_image_ids;
