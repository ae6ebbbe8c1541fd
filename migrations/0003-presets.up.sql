-- Named prompt templates with default parameters: global, or of one scope, whose own go first.
create table presets (
  scope_id text not null,
  name text not null,
  version integer not null,
  -- A removed preset keeps its versions, and counts on from them when it is added again.
  removed_at timestamptz,
  primary key (scope_id, name)
);

-- Never changed once written: a batch keeps the name and version that it ran with.
create table preset_versions (
  scope_id text not null,
  name text not null,
  version integer not null,
  prompt text not null,
  negative text,
  model text,
  aspect text,
  count integer check (count between 1 and 4),
  strength double precision check (strength between 0 and 1),
  created_by text references users (id),
  created_at timestamptz not null default now(),
  primary key (scope_id, name, version),
  foreign key (scope_id, name) references presets (scope_id, name)
);

-- What a fresh install offers.
with shipped (name, prompt, negative, aspect, strength) as (values
  ('3d-render', '{prompt}, 3d render, physically based materials, even studio lighting, ambient occlusion, octane render', 'flat, 2d, drawing, sketch, low poly, noise', null, 0.65),
  ('anime', '{prompt}, anime illustration, clean cel shading, expressive line work, vivid colors, detailed background', 'photo, realistic, 3d render, deformed, extra fingers, lowres, watermark', null, 0.6),
  ('cinematic', 'cinematic film still of {prompt}, anamorphic lens, dramatic lighting, color graded, film grain, highly detailed', 'cartoon, drawing, overexposed, lowres, watermark, text', '21:9', 0.5),
  ('comic', '{prompt}, comic book panel, bold ink outlines, halftone shading, dynamic framing', 'photo, realistic, 3d render, blurry, speech bubble, text', null, 0.65),
  ('fantasy', '{prompt}, epic fantasy concept art, intricate detail, volumetric light, matte painting', 'photo, modern, lowres, watermark, text', '3:2', 0.65),
  ('line-art', '{prompt}, monochrome line art, clean ink outlines, no shading, plain background', 'color, shading, gradient, photo, texture, blurry', null, 0.75),
  ('low-poly', '{prompt}, low poly isometric art, faceted surfaces, flat shading, small palette', 'photo, realistic, noise, texture, text', '1:1', 0.7),
  ('oil-painting', 'oil painting of {prompt}, visible brush strokes, thick impasto, rich pigments, canvas texture', 'photo, 3d render, smooth, digital, watermark, frame', null, 0.55),
  ('photo', 'photograph of {prompt}, 50mm lens, natural lighting, sharp focus, fine detail, realistic texture', 'painting, drawing, cartoon, 3d render, oversaturated, blurry, watermark', '3:2', 0.5),
  ('pixel-art', '{prompt}, pixel art, 16-bit game sprite, limited palette, crisp pixels', 'photo, realistic, smooth, blurry, antialiasing, gradient', '1:1', 0.7),
  ('sticker', '{prompt}, die-cut sticker design, thick pale border, bold simple forms, plain background', 'photo, realistic, cluttered, text, watermark', '1:1', 0.7),
  ('watercolor', 'watercolor painting of {prompt}, loose washes, bleeding edges, paper texture, delicate pigments', 'photo, 3d render, hard outlines, oversaturated, watermark', null, 0.55)
), names as (
  insert into presets (scope_id, name, version) select 'global', name, 1 from shipped
)
insert into preset_versions (scope_id, name, version, prompt, negative, aspect, strength)
select 'global', name, 1, prompt, negative, aspect, strength from shipped;
