drop table leases, audit, settings, pools, lanes, cards, images, runs, task_inputs, tasks, inputs, batches, updates, users;
