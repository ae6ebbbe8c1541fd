### What people read in chat, in English. The same keys and variables stand in zh-CN.ftl.

## Commands and options, as the platforms' menus show them. Discord takes 100 characters.

command-imagine = Make images from a prompt, or change an image
command-batch = Change several images, one task each
command-remix = Make a batch of all the images of a message
menu-remix = Remix images
command-queue = Your waiting and running batches, with their positions
command-history = What you asked for before, with ways to run it again
command-cancel = Stop one of your batches
command-retry = Run the failed tasks of a batch again
command-delete = Remove a batch with its images
command-show = What became of a batch
command-models = The models you can use
command-presets = Styles to put a prompt in, used by preset: or --preset
command-settings-show = What holds where you say nothing else
command-settings-set = Change what holds where you say nothing else
command-settings-link = Join your Discord and your Telegram account into one history
command-settings-erase = Remove your images, inputs and prompts
command-help = What Easel does and how to ask for it
command-start = What Easel does and how to ask for it
command-admin-concurrency-get = How many tasks run at the same time
command-admin-concurrency-set = Change how many tasks run at the same time
command-admin-preset-add = Add a preset to this server or chat
command-admin-preset-edit = Change a preset; batches keep the version that they ran with
command-admin-preset-remove = Remove a preset
command-admin-preset-list = The presets of this server or chat, and the global ones
command-admin-pause = Begin no more tasks; those that run go on
command-admin-resume = Begin tasks again after a pause
command-admin-backends-list = How the backends are, their slots and last errors
command-admin-backends-drain = Give a backend nothing new
command-admin-backends-enable = Give a drained backend tasks again
command-admin-backends-reload = Read the configured backends anew
command-admin-models-list = All models, hidden ones too
command-admin-models-show = Offer a hidden model again
command-admin-models-hide = Offer a model to administrators only
command-admin-queues = What waits and runs, of everybody; cancel one or all
command-admin-stats = Batches, images, failures and times
command-admin-limits-show = The limits in force here
command-admin-limits-set = Change a limit, in force at once
command-admin-rules-show = Channels, blocked words and age restrictions
command-admin-rules-set = Change a rule, in force at once
command-admin-users = Who had how much made
command-admin-block = Take nothing more from somebody, and cancel what they have waiting
command-admin-unblock = Let somebody have things made again
command-admin-log = Who changed what
group-admin = Administration
group-settings = Your own defaults, accounts and data
group-admin-concurrency = Tasks that run at the same time
group-admin-backends = The image services behind Easel
group-admin-preset = Presets: prompts with default parameters
group-admin-models = Models: which are offered
group-admin-limits = Limits on requests
group-admin-rules = Rules: where and what may be made

option-prompt = What to make, in your own words; flags such as --ar 16:9 may end it
option-batch-prompt = What to do with the images; flags such as --strength 0.4 may end it
option-model = The model to use; /models lists them
option-preset = A style to put the prompt in; /presets lists them
option-negative = What should not be in the image
option-aspect = Width to height: 16:9, 3:2, …, or landscape, portrait, square
option-count = How many images, 1 to 4
option-batch-count = How many results for each image, 1 to 4
option-seed = The same seed and prompt make the same image; 0 to 4294967295
option-image = An image to start from
option-reference = An image whose look the result should take on
option-mask = Of the image's shape: only where it is white or transparent may the image change
option-batch-image = An image to change
option-zip = A zip of up to 100 images to change
option-strength = How far to move away from the image: 0 keeps it, 1 ignores it
option-private = Show it to you alone
option-id = The batch's id, as /queue shows it
option-shown-image = An image that Easel made, to find its batch by
option-filter = Only what has these words in its prompt
option-language = English or 中文
option-delete = What the button Delete takes away: the message alone, or its stored images too
option-forget = Set no more: model, preset, negative, aspect, count, private, delete, language, or all
option-code = The code that /settings link gave you on the other platform
option-concurrency = Tasks at the same time, 1 to 10
option-pool = Which pool of backends; all of them when left out
option-backend = A backend's name, as /admin backends list shows it
option-preset-new-name = One word to call it by
option-preset-name = The preset's name
option-preset-prompt = Words to put a prompt in; { "{" }prompt{ "}" } stands for it, else they follow it
option-preset-changed-prompt = New words to put a prompt in; { "{" }prompt{ "}" } stands for it
option-preset-changed-negative = New: what should not be in the image; - takes it away
option-preset-model = The model that it runs on, where none is asked for
option-preset-changed-model = The new model; - takes it away
option-preset-changed-aspect = New width to height, such as 16:9; - takes it away
option-global = For all servers and chats; Easel's own administrators only
option-global-view = Of all servers and chats; Easel's own administrators only
option-page = Which page; the first when left out
option-user = Who: on Telegram an id or @name
option-queues-cancel = A batch's id, or all
option-days = Of how many days, 1 to 90
option-limit = Which limit
option-limit-value = A number; off for none; default to take the setting away
option-rule = Which rule
option-rule-value = Entries with commas between them; + adds, - removes; yes or no
option-model-name = The model's name

## Forms. Discord takes 45 characters of a title or label, 100 of a description.

form-batch = Change several images
form-edit-prompt = New prompt
form-edit-image = Change this image
form-answer = Answer this message with the prompt.
form-remix = Remix images
form-images = Images, or a zip of them
form-images-description = Up to 10 files; a zip may hold 100 images. One task each.
form-prompt = Prompt
form-prompt-description = What to do with them; 1: … 2: … for one image each; flags may end it
form-preset = Preset
form-model = Model, or several: a,b
form-negative = What should not be in them
form-preset-add = New preset
form-preset-edit = Change a preset
form-preset-name = Name
form-preset-name-description = One word: letters, digits, - and _
form-preset-prompt = Words to put a prompt in
form-preset-prompt-description = { "{" }prompt{ "}" } stands for what is asked for; --n 2 and --strength 0.5 may end it
form-preset-negative = What should not be in the image
form-preset-model = Model
form-preset-aspect = Width to height, such as 16:9
form-preset-unchanged = Left empty it stays as it is; - takes it away.

## Cards

card-queued = queued
card-position = #{ $position }
card-about = about { $duration }
card-cancelling = cancelling…
card-cancelled = cancelled
card-erased = Its owner had the prompt and the images removed.
card-retrying = retrying ({ $attempt }/{ $of })
card-waits-rate-limited = the image service is busy; next try by { $until }
card-waits-quota = the image service's quota is used up; waiting until { $until }
card-waits-unavailable = the image service cannot be reached; waiting until { $until }
card-waits-paused = paused by an administrator; waiting until { $until }
card-waits-paused-open = paused by an administrator
card-silent = no news from the image service for { $duration }
card-not-begun = nothing has taken it up yet; it starts by itself
card-images = { $count ->
    [one] 1 image
   *[other] { $count } images
}
card-images-missing = { $missing } of { $count } images missing: { $reason }
card-images-gone = images are no longer stored
card-images-partly-gone = others are no longer stored
card-seed = seed { $seed }
card-count-done = { $count } done
card-count-failed = { $count } failed
card-count-cancelled = { $count } cancelled
card-count-left = { $count } left
card-times = { $text } (×{ $count })
note-aspect-rounded = { $asked } is not possible here: made in { $used }, the nearest.
note-count-lowered = { $asked } images are more than one run makes here: { $used } instead.
note-negative-ignored = This model takes no negative prompt: it was left out.
note-seed-ignored = This model takes no seed: it was left out.
note-strength-ignored = This model takes no strength: it was left out.
note-moved = { $from } cannot be reached now: { $to } has it instead.
card-billed-yes = It was billed.
card-billed-unknown = It may have been billed.
card-posts-doubtful = { $count ->
    [one] 1 image may not have arrived.
   *[other] { $count } images may not have arrived.
}
card-image-description = Image { $number } of { $total }: { $prompt }
card-left-out = Left out: { $reason }
card-more-left-out = … and { $count } more were left out
card-late-parts = These came when the rest of their album had begun, so they are a batch of their own.

button-cancel = Cancel
button-retry = Retry
button-retry-failed = Retry failed ({ $count })
button-delete = Delete
button-originals = Originals
button-edit = Edit
button-zip = Zip
button-fetch = Fetch result
button-send-again = Send again
button-share = Share
button-erase = Remove everything

failure-invalid-request = The image service cannot do this.
failure-moderated = The image service's safety filter blocked this.
failure-quota = The image service's quota is used up.
failure-rate-limited = The image service had too much to do.
failure-transient = The image service failed.
failure-unavailable = The image service cannot be reached.
failure-misconfigured = The image service does not accept how it is set up here. Its operator has been told.
failure-cancelled = The image service stopped this run.
failure-deadline = It waited as long as a task may wait, and could not begin.
failure-silent = The image service was silent for too long and was given up.
failure-lost = The run was interrupted, and its outcome is not known.
failure-storage = Easel cannot store images at the moment: its disk is full or cannot be used.
failure-internal = Something went wrong inside Easel.
advice-change = Change the prompt or its options.
advice-reword = Word it differently.
advice-later = Try again later.
advice-retry = Retry runs it once more.
advice-report = If it happens again, tell an administrator.

## Quantities

duration-seconds = { $seconds } s
duration-minutes = { $minutes } min
duration-minutes-seconds = { $minutes } min { $seconds } s
duration-hours-minutes = { $hours } h { $minutes } min
time-utc = { $time } UTC
size-megabytes = { $size } MB
list-separator = ,{ " " }
sentence-end = .

## Answers to bad input

prompt-empty = Say what to make: the prompt is empty.
prompt-too-long = The prompt has { $length } characters; { $promptMaxCharacters } is the most.
negative-too-long = The negative prompt has { $length } characters; { $promptMaxCharacters } is the most.
aspect-wrong = “{ $value }” is not an aspect Easel can make. Write width to height between 1:4 and 4:1, such as 16:9, or landscape, portrait, square.
count-wrong = Count is { $value }, but must be a whole number from 1 to { $countMax }.
seed-wrong = Seed is { $value }, but must be a whole number from 0 to { $seedMax }.
strength-wrong = Strength is { $value }, but must be between 0 and 1, such as 0.6.
strength-without-image = Strength { $value } says how far to move away from an image, but there is no image.
mask-without-image = A mask says where an image may change, but there is no image.
mask-flag-without-images = --mask is for two images: answer the one to change with your mask, or send both as an album, the mask last.
reference-flag-without-images = --reference needs images to take the look from: send them with the prompt, or answer one. --reference 2 means the last two.
reference-count-wrong = “{ $value }” is no number of references: --reference means all that came along, --reference 2 the last two; { $referencesMax } is the most.
references-too-many = { $count } references came, but { $max } is the most.
images-without-part = { $count ->
    [one] 1 image has
   *[other] { $count } images have
} no part in this. The first is the one to start from, then come as many as --reference 2 says, and last the one for --mask.
mask-shape-wrong = The mask ({ $mask } pixels) has another shape than the image ({ $image }). Draw it on a copy of the image.
model-wrong = “{ $value }” does not name a model.
model-unknown = There is no model called “{ $value }”. /models lists those there are.
model-unknown-nearest = There is no model called “{ $value }”. Did you mean { $nearest }?
model-cannot-edit = The model { $model } cannot start from an image.
model-cannot = The model { $model } cannot do this ({ $operation }).
model-cannot-inpaint = The model { $model } takes no mask.
model-without-references = The model { $model } takes no reference images.
model-with-fewer-references = The model { $model } takes { $max ->
    [one] 1 reference image
   *[other] { $max } reference images
} at most, but { $count } came.
models-able = These can: { $models }.
models-able-none = None of the models here can.
option-wrong = “{ $value }” does not fit { $option }.
concurrency-wrong = Concurrency is { $value }, but must be a whole number from 1 to { $concurrencyMax }.
pool-wrong = “{ $value }” does not name a pool.
pool-unknown = There is no pool called “{ $value }”. There are: { $pools }.
backend-wrong = “{ $value }” does not name a backend.
backend-unknown = There is no backend called “{ $value }”. There are: { $backends }.
configuration-wrong = The configuration is wrong, so nothing was changed:
setting-wrong = { $key } must be { $expected }.
image-missing = Add the images to change, one task each: up to 10, or a zip of up to 100.
batch-prompt-empty = Say what to do with the images, or name a preset.
message-without-images = That message has no images that Easel can read.
image-wrong = What was given as { $option } is not a file.
images-too-many = { $count } images came with this, but this command takes { $max } at most.
words-too-many = “{ $value }” is more than this command takes.
too-many-variants = Models and choices in braces make { $count } variants; { $max } is the most.
too-many-tasks = Images, models and choices make { $count } tasks; { $max } is the most.
image-number-beyond = The prompt has words for image { $number }, but { $count } came.
image-number-twice = The prompt has words for image { $number } twice.
images-without-prompt = There are no words for these images: { $numbers }. Put words for all of them before the first number.

flag-unknown = There is no flag --{ $flag }. There are: { $flags }.
flag-unknown-nearest = There is no flag --{ $flag }. Did you mean --{ $nearest }?
flag-without-value = --{ $flag } needs a value, such as --{ $flag } { $example }.
flag-twice = --{ $flag } is given twice.
flag-not-at-end = “{ $value }” stands after the flags. The prompt comes first, the flags end it.
flag-is-menu-option = Which image is which cannot be told by a flag here: attach it under the option “{ $option }”.
preset-unknown = There is no preset called “{ $value }”. /presets lists those there are.
preset-unknown-nearest = There is no preset called “{ $value }”. Did you mean { $nearest }?
preset-is-global = “{ $name }” is a global preset. Add one of the same name here, and it goes first; or, as Easel's administrator, say global.
preset-exists = There is a preset called “{ $name }” already. /admin preset edit changes it.
preset-unchanged = Say what to change of { $name }: its prompt, or a parameter.
preset-name-missing = Say what the preset is called: one word.
preset-add-usage = A preset has a name and words to put a prompt in, where { "{" }prompt{ "}" } stands for it; flags may end them. Copy this and change it:
preset-edit-usage = Name the preset and say what to change: its words, flags, or both; - takes a flag's value away. Copy this and change it, or send the name alone to get the preset as it is:
preset-name-wrong = “{ $value }” is no name for a preset: one word of up to 32 letters, digits, - and _.
preset-prompt-empty = Say in which words the preset puts a prompt.
preset-prompt-too-long = The preset's prompt has { $length } characters; { $presetPromptMaxCharacters } is the most.
too-many-presets = There are { $limit } presets already, which is the most. Remove some first.
page-wrong = “{ $value }” is not the number of a page.
days-wrong = Days are { $value }, but must be a whole number from 1 to 90.
user-missing = Say whom: an id, or @name.
user-unknown = Easel does not know “{ $value }”. An id always works; a @name once they have used Easel.
limit-wrong = “{ $value }” is not a limit. /admin limits show lists them.
limit-value-wrong = “{ $value }” is not a value for a limit: write a number, off, or default.
rule-wrong = “{ $value }” is not a rule. There are: channels, blocked-words, nsfw-models, nsfw-presets, age-restricted.
rule-value-missing = Say what the rule shall be; - alone empties it.
rule-channel-wrong = “{ $value }” is not a channel. Mention it, write its id, or write here.
rule-yes-or-no = “{ $value }” is neither yes nor no.
setting-global-only = { $key } holds for all servers and chats at once, and only Easel's own administrators change it.
setting-scope-only = { $key } belongs to one server or chat. Leave global out.
block-oneself = You cannot block yourself.

command-unknown = There is no command /{ $name }. /help lists what there is.
command-unknown-nearest = There is no command /{ $name }. Did you mean /{ $nearest }?
command-incomplete = /{ $name } needs one more word, one of: { $names }.
button-unknown = This button is from an older version and no longer works. Ask again with /imagine.
form-too-late = It took too long to open the form, so Discord no longer takes it. Ask once more.
form-expired = What this form was about is no longer known. Ask once more.

image-not-an-image = “{ $name }” is not an image.
image-unsupported-type = “{ $name }” is of the type { $mediaType }, which Easel does not read. PNG, JPEG, WebP, GIF, AVIF and TIFF work.
image-too-many-bytes = “{ $name }” has { $size }; { $max } is the most.
image-too-large = “{ $name }” is too large; { $max } is the most.
image-too-many-pixels = “{ $name }” has { $pixels } million pixels; { $max } million is the most.
image-broken = “{ $name }” is damaged or cut off: it cannot be read to its end.
image-encrypted = “{ $name }” is encrypted. Pack it without a password.
image-inflates-too-much = “{ $name }” would grow more than { $maxRatio } times when it is unpacked, which no image does.
image-beyond-platform = “{ $name }” is larger than the 20 MB that Telegram hands to a bot. Send it in smaller parts.
image-unavailable = “{ $name }” could not be fetched. Send it again.
image-foreign-host = “{ $name }” is not a file of this chat, so Easel does not fetch it. Attach it here.
zip-broken = “{ $name }” is not a zip that can be read to its end.
zip-empty = There are no images in “{ $name }”.
zip-too-many-images = “{ $name }” holds { $count } files; { $max } images is the most.
zip-too-much-inside = “{ $name }” holds { $size } once it is unpacked; { $max } is the most.
and-more = … and { $count } more

## Answers

missing-view-channel = I may not see this channel. Ask a moderator to give me “View Channel” here, or use me in a direct message.
missing-send-messages = I may not write in this channel. Ask a moderator to give me “Send Messages” here, or use me in a direct message.
missing-send-messages-in-threads = I may not write in this thread. Ask a moderator to give me “Send Messages in Threads” here, or use me in a direct message.
missing-attach-files = I may not attach files in this channel. Ask a moderator to give me “Attach Files” here, or use me in a direct message.
private-chat-closed = I may not write to you in private yet. Open { $link } and press Start, then ask again.
not-yours = That is somebody else's. Only its owner can do this.
admins-only = Only Easel's own administrators can do this.
managers-only = Only those who manage this server or chat can do this.
global-admins-only = Only Easel's own administrators change what is global. Leave global out to change it here.
global-view-admins-only = Only Easel's own administrators look at all servers and chats. Leave global out to look at this one.
blocked-here = You have been blocked from making images here. Ask those who manage this server or chat.
blocked-everywhere = You have been blocked from making images with Easel.
place-not-allowed = Easel makes no images in this channel or topic. Those who manage this place have chosen others for it.
blocked-word = “{ $word }” is a blocked word here. Word the prompt without it.
age-restricted-model = The model { $name } is for age-restricted channels only.
age-restricted-preset = The preset { $name } is for age-restricted channels only.
batch-unknown = There is no batch { $id } any more, or there never was.
batch-unknown-nearest = There is no batch or task { $id } any more, or there never was. Did you mean { $nearest }?
batch-unknown-yours = There is no batch or task { $id } any more, or there never was. Your latest: { $ids }.
id-missing = Which batch? Add its id. Your latest: { $ids }.
id-missing-none = Which batch? You have none yet: /imagine makes one.
image-without-batch = That image does not say of which batch it is. Add the batch's id; /history lists yours.
filter-too-long = “{ $value }” is too long to look for. One or two words are enough.
language-wrong = “{ $value }” is not a language Easel speaks: English or 中文.
delete-wrong = “{ $value }” is neither message nor images: say what Delete is to take away.
forget-wrong = “{ $value }” names nothing to forget: model, preset, negative, aspect, count, private, delete, language, or all.
settings-nothing = Say what to set, such as /settings set aspect 16:9, or what to forget.
link-code-wrong = That code is wrong, used up or too old. /settings link on the other platform gives a new one.
link-same-platform = That code is from this platform. Make one on the other platform, and enter it here.
link-already = One of the two accounts is joined with another already.
link-too-many-guesses = Too many wrong codes. Try again after { $until }.
link-in-private = Others would read the code here. Ask for it in a private chat with me.
image-unknown = That image is not there any more.
image-unreadable = The file of that image can't be read as a picture.
show-in-private = That is private, and others read along here. Ask for it in a private chat with me.
images-gone = The images of { $id } are not stored any more.
nothing-to-cancel = There is nothing left to cancel: it has ended.
nothing-to-retry = There is nothing to retry: nothing failed, or it runs already.
too-many-waiting = You have { $waiting } tasks waiting; { $limit } is the most. Wait for some, or cancel one with /cancel.
quota-of-user = You have asked for { $used } images today; { $limit } a day is the most. The next day begins at { $resetsAt }.
quota-of-scope = { $used } images have been asked for here today; { $limit } a day is the most. The next day begins at { $resetsAt }.
busy = Easel is busy and kept nothing of this. Try again in a minute.
defect = Sorry, something went wrong inside Easel. If it happens again, tell an administrator this id: { $id }

batch-cancelled = Cancelled { $id }.
batch-retried = { $id } runs again.
batch-deleted = Deleted { $id } with its images.
originals-none = There are no finished images here yet.
originals-shrunk = { $count ->
    [one] 1 original is
   *[other] { $count } originals are
} larger than the { $max } MB that a file may have here, and came smaller.
originals-linked = Larger than the { $max } MB that a file may have here, so by a link that works for a week:
archive-missing = The zip may not be complete. Press Zip again to get all of it.

queue-empty = Nothing of yours is waiting or running.
queue-title = Yours, oldest first:
queue-line = { $id } · { $status } · { $prompt }
history-title = Yours, newest first · page { $page } of { $pages } · { $total } in all
history-title-filter = Yours with “{ $filter }”, newest first · page { $page } of { $pages } · { $total } in all
history-entry = { $number } · { $id } · { $time }
history-images-gone = The images are not stored any more.
history-empty = You have not asked for anything yet: /imagine a fox in the snow
history-none = Nothing of yours has “{ $filter }” in its prompt.
settings-title = Your defaults, where you say nothing else:
settings-changed = Changed. Your defaults, where you say nothing else:
settings-model = model: { $value }
settings-preset = preset: { $value }
settings-negative = negative: { $value }
settings-aspect = aspect: { $value }
settings-count = count: { $value }
settings-private = private: { $value }
settings-delete = delete: { $value }
settings-delete-message = the message alone; its images stay in /history
settings-delete-images = the message and its stored images
settings-language = language: { $value }
settings-unset = not set
settings-yes = yes
settings-no = no
link-code = Your code is { $code }. Enter it on the other platform within { $life }: /settings link { $code }. Whoever enters it shares your history, so show it to nobody.
link-done = Joined. Both accounts have one history now, and what is set on one holds on both.
erase-confirm = This removes your stored images, the images you sent, your prompts and your settings, and cancels what waits or runs. It cannot be undone. What stands in chats may stay there.
erased = Removed { $batches ->
    [one] 1 batch
   *[other] { $batches } batches
}, with prompts and images. Their cards will say so.
show-title = { $id } · { $time }
show-task = { $number } · { $id } · { $state } · { $prompt }
show-more-tasks = … and { $count } more
show-again = The same once more:
show-again-image = The same once more, with the same images:
task-pending = queued
task-processing = running
task-completed = done
task-failed = failed
task-cancelled = cancelled
pick-image = Which image is to be edited?
shared = { $prompt } — { $name }

models-title = Models:
models-none = No image service can be reached, so there are no models right now.
models-line = { $name }{ $marks }
models-default = default
models-edits = starts from images
models-inpaints = takes a mask
models-references = { $count ->
    [one] 1 reference image
   *[other] { $count } reference images
}

presets-title = Presets, used as in /imagine a fox --preset anime:
presets-none = There are no presets here.
presets-picture = The same picture in each of these presets, in reading order: { $names }
presets-own = of here
presets-own-title = Presets of this server or chat:
presets-own-none = None yet: /admin preset add makes one.
presets-global-title = Global presets:
presets-strength = strength { $strength }
preset-added = Added { $name }:
preset-edited = Changed { $name }:
preset-removed = Removed { $name }.

pools-title = Tasks at the same time:
pools-line = { $name }: { $concurrency } · { $running } running · { $waiting } waiting
pools-line-paused = { $name }: { $concurrency } · paused · { $running } running · { $waiting } waiting
concurrency-changed = Changed. Tasks at the same time:
pools-paused = Paused: what runs goes on, and nothing else begins.
pools-resumed = Resumed.
backends-pool = { $pool } · { $waiting } waiting
backends-line = · { $name } ({ $type }): { $state } · { $running } of { $slots } slots in use
backends-state-well = ready
backends-state-resting = resting after failures
backends-state-away = away
backends-state-exhausted = quota used up
backends-state-misconfigured = refuses us: its settings have to be mended
backends-state-unknown = not looked at yet
backends-state-drained = drained
backends-until = until { $time }
backends-last-error = last error, { $time }: { $error }
backends-drained = { $backend } gets nothing new; what runs there goes on. /admin backends enable takes it back.
backends-enabled = { $backend } takes tasks again.
backends-added = Added: { $names }
backends-removed = Removed, as soon as what runs there has ended: { $names }
backends-unchanged = Read anew: the backends are as they were.

lines-more = … and { $count } more
page-empty = Nothing here.
page-next = More: page { $page }
log-title = Changes here, newest first:
log-title-everywhere = All changes, newest first:
audit-setting = { $key }: { $before } → { $after }
audit-preset-added = added the preset { $name } (version { $version })
audit-preset-edited = changed the preset { $name } (version { $version })
audit-preset-removed = removed the preset { $name } (version { $version })
audit-user-blocked = blocked { $name }
audit-user-unblocked = unblocked { $name }
audit-batches-cancelled = cancelled { $count ->
    [one] 1 batch
   *[other] { $count } batches
}: { $ids }
queues-title = Waiting and running here, oldest first:
queues-title-everywhere = Waiting and running everywhere, oldest first:
queues-private = (private)
queues-cancelled = { $count ->
    [one] 1 batch cancelled.
   *[other] { $count } batches cancelled.
}
users-title = Who had how much made here:
users-title-everywhere = Who had how much made, everywhere:
users-made = { $images ->
    [one] 1 image
   *[other] { $images } images
} in { $batches ->
    [one] 1 batch
   *[other] { $batches } batches
}
users-last = last { $time }
users-blocked = blocked
block-done = { $name } can have nothing made here any more.
block-done-everywhere = { $name } can have nothing made anywhere any more.
block-already = { $name } is blocked already.
unblock-done = { $name } may have images made again.
unblock-none = { $name } is not blocked there.
models-hidden = hidden
model-hidden = { $model } is offered to administrators only now.
model-shown = { $model } is offered to everybody.
limits-title = Limits in force here:
limits-changed = Changed. In force here:
limits-changed-everywhere = Changed for all servers and chats. In force:
limits-line = { $name }: { $value } · { $meaning }
limits-none = off
limit-waiting-tasks = waiting tasks of one user
limit-running-tasks = running tasks of one user while others wait
limit-hard-running-tasks = running tasks of one user, though slots idle
limit-user-images-per-day = images a day of one user
limit-scope-images-per-day = images a day of one server or chat
limit-admin-weight = turns of an administrator for one of everybody else
limit-prompt-max-characters = characters of a prompt
rules-title = Rules in force here:
rules-changed = Changed. Rules in force here:
rules-changed-everywhere = Changed for all servers and chats. Rules in force:
rules-channels = channels: { $value }
rules-blocked-words = blocked-words: { $value }
rules-nsfw-models = nsfw-models, for age-restricted places only: { $value }
rules-nsfw-presets = nsfw-presets, for age-restricted places only: { $value }
rules-age-restricted = age-restricted, where the platform does not say: { $value }
rules-everywhere = everywhere
rules-none = none
rules-yes = yes
rules-no = no
stats-title = Here, in the last { $days } days:
stats-title-everywhere = Everywhere, in the last { $days } days:
stats-totals = { $batches ->
    [one] 1 batch
   *[other] { $batches } batches
} · { $tasks ->
    [one] 1 task
   *[other] { $tasks } tasks
} · { $images ->
    [one] 1 image
   *[other] { $images } images
}
stats-outcomes = 🟩 { $completed } done · 🟥 { $failed } failed · ⬜ { $cancelled } cancelled
stats-picture = Tasks of the last { $days } days: done, failed and cancelled, a column for each day
stats-failures = Failures:
stats-models = Median time by model:
stats-tasks = { $tasks ->
    [one] 1 task
   *[other] { $tasks } tasks
}
stats-days = By day:
stats-day = { $day } · { $batches ->
    [one] 1 batch
   *[other] { $batches } batches
} · { $images ->
    [one] 1 image
   *[other] { $images } images
} · { $failed } failed
failure-kind-invalid-request = cannot be done
failure-kind-moderated = safety filter
failure-kind-quota = quota used up
failure-kind-rate-limited = rate limit
failure-kind-transient = failed by the service
failure-kind-unavailable = not reachable
failure-kind-misconfigured = settings refused
failure-kind-cancelled = stopped by the service
failure-kind-deadline = waited too long
failure-kind-silent = silent for too long
failure-kind-lost = interrupted
failure-kind-storage = could not be stored
failure-kind-internal = inside Easel

help-text =
    Easel turns words into images.
    
    { $imagine }a fox in the snow --ar 16:9 --n 4
    { $imagine }{ "{" }red|blue{ "}" } fox, watercolor --seed 7
help-images-discord = Attach an image to change it; /batch changes several, “Remix images” in the menu of a message those of that message.
help-images-telegram = In a private chat plain text is a prompt. A photo with a caption is changed as the caption says, an album is a batch, and a reply to an image starts from it. Pictures with --reference lend their look; a reply with a mask and --mask changes only where it is white.
help-flags =
    Flags end any prompt: --ar 16:9 · --n 4 images · --seed 7 · --no hands · --model a,b · --preset anime · --strength 0.6
    { "{" }red|blue{ "}" } makes one task for each choice.
help-command = /{ $name } · { $description }

## Said by the Discord bot itself

discord-still-running = Still running. Discord lets me write here for 15 minutes only: press the button for the result.
discord-files-refused = ⚠️ The images cannot be shown here: I may not attach files in this channel. Ask a moderator, or use me in a direct message.
discord-more-in-zip = { $shown } of { $count } images; Zip has them all.
discord-files-not-taken = ⚠️ Discord did not take these images. Try again with 🔄.
discord-files-too-large = ⚠️ The images are too large for this server, even after compression.

## What the Telegram bot says by itself

answered-privately = I have answered you in our private chat.
asked-in-group-name = I answer that in private only, and do not see who you are. Ask again in your own name.
image-without-words = Add a caption that says what to make of the picture, or answer it with /imagine and a prompt.
media-unusable = I can start from photos and image files, and this is neither.
album-late = This part of the album came too late and was left out. Send it again with a caption.
originals-missing = Some of the files may not have arrived. Press Originals again to get them all.
