drop table preset_versions, presets;
