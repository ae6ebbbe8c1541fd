### 聊天中用户看到的简体中文文本。键和变量与 en.ftl 一致。

## 平台菜单里的命令和选项；Discord 限 100 字。

command-imagine = 用文字生成图片，或修改一张图片
command-batch = 批量修改多张图片，每张一个任务
command-remix = 用一条消息里的所有图片建立批次
menu-remix = 混合图片
command-queue = 查看你正在排队和运行的批次及其位置
command-history = 你以前生成过的内容，可以再次运行
command-cancel = 取消你的一个批次
command-retry = 重新运行一个批次中失败的任务
command-delete = 删除一个批次及其图片
command-show = 查看一个批次的情况
command-models = 可用的模型
command-presets = 可套用的风格，用 preset: 或 --preset 选择
command-settings-show = 没有另外说明时使用的默认值
command-settings-set = 修改没有另外说明时使用的默认值
command-settings-link = 把 Discord 和 Telegram 账号合并为一份历史
command-settings-erase = 删除你的图片、上传和提示词
command-help = Easel 能做什么、怎么用
command-start = Easel 能做什么、怎么用
command-admin-concurrency-get = 查看同时运行的任务数
command-admin-concurrency-set = 修改同时运行的任务数
command-admin-preset-add = 为本服务器或聊天添加预设
command-admin-preset-edit = 修改预设；已运行的批次保留当时的版本
command-admin-preset-remove = 删除预设
command-admin-preset-list = 查看本服务器或聊天的预设和全局预设
command-admin-pause = 暂停开始新任务，运行中的继续
command-admin-resume = 暂停之后恢复开始任务
command-admin-backends-list = 后端的状态、槽位和最近的错误
command-admin-backends-drain = 不再向某个后端派发新任务
command-admin-backends-enable = 恢复向后端派发任务
command-admin-backends-reload = 重新读取已配置的后端
command-admin-models-list = 所有模型，包括已隐藏的
command-admin-models-show = 重新提供已隐藏的模型
command-admin-models-hide = 仅向管理员提供某个模型
command-admin-queues = 所有人的排队与运行情况；可取消一个或全部
command-admin-stats = 批次、图片、失败与耗时
command-admin-limits-show = 此处生效的限制
command-admin-limits-set = 更改限制，立即生效
command-admin-rules-show = 频道、屏蔽词与年龄限制
command-admin-rules-set = 更改规则，立即生效
command-admin-users = 谁生成了多少
command-admin-block = 不再接受某人的请求，并取消其排队中的任务
command-admin-unblock = 允许某人重新生成图片
command-admin-log = 谁更改了什么
group-admin = 管理
group-settings = 你自己的默认值、账号和数据
group-admin-concurrency = 同时运行的任务数
group-admin-backends = Easel 背后的图像服务
group-admin-preset = 预设：带默认参数的提示词
group-admin-models = 模型：提供哪些
group-admin-limits = 请求的限制
group-admin-rules = 规则：在哪里、可以生成什么

option-prompt = 描述想要的画面；末尾可加参数，如 --ar 16:9
option-batch-prompt = 说明要怎样修改这些图片；末尾可加参数，如 --strength 0.4
option-model = 使用的模型；用 /models 查看
option-preset = 套用的风格；用 /presets 查看
option-negative = 画面里不要出现的内容
option-aspect = 宽高比：16:9、3:2 等，或 landscape（横）、portrait（竖）、square（方）
option-count = 生成几张，1 到 4
option-batch-count = 每张图片生成几张结果，1 到 4
option-seed = 种子和提示词都相同时结果相同；0 到 4294967295
option-image = 作为起点的图片
option-reference = 参考图，结果会带有它的风格
option-mask = 遮罩，形状与原图相同：只有白色或透明的地方可以改变
option-batch-image = 要修改的图片
option-zip = 装有待修改图片的 zip，最多 100 张
option-strength = 偏离原图的程度：0 保持原图，1 忽略原图
option-private = 仅自己可见
option-id = 批次编号，可在 /queue 中查看
option-shown-image = Easel 生成的图片，用来查找它所属的批次
option-filter = 只列出提示词里包含这些文字的批次
option-language = English 或 中文
option-forget = 不再设置哪些：model、preset、negative、aspect、count、private、language 或 all
option-code = 在另一个平台上用 /settings link 得到的代码
option-concurrency = 同时运行的任务数，1 到 10
option-pool = 哪个后端池；不填则为全部
option-backend = 后端名称，见 /admin backends list
option-preset-new-name = 预设的名称，一个词
option-preset-name = 预设的名称
option-preset-prompt = 套用的文字；{ "{" }prompt{ "}" } 代表提示词，没有则接在提示词后面
option-preset-changed-prompt = 新的套用文字；{ "{" }prompt{ "}" } 代表提示词
option-preset-changed-negative = 新的反向提示词；写 - 表示去掉
option-preset-model = 没有指定模型时使用的模型
option-preset-changed-model = 新的模型；写 - 表示去掉
option-preset-changed-aspect = 新的宽高比，如 16:9；写 - 表示去掉
option-global = 用于所有服务器和聊天；仅限 Easel 的管理员
option-global-view = 所有服务器和聊天；仅限 Easel 管理员
option-page = 第几页；省略则为第一页
option-user = 谁；在 Telegram 上写 id 或 @用户名
option-queues-cancel = 批次的 id，或 all 表示全部
option-days = 多少天，1 到 90
option-limit = 哪一项限制
option-limit-value = 数字；off 表示不限；default 表示取消此设置
option-rule = 哪一条规则
option-rule-value = 各项以逗号分隔；+ 添加，- 移除；或 yes / no
option-model-name = 模型的名称

## Forms. Discord takes 45 characters of a title or label, 100 of a description.

form-batch = 批量修改图片
form-edit-prompt = 新的提示词
form-edit-image = 修改这张图片
form-answer = 请用提示词回复这条消息。
form-remix = 混合图片
form-images = 图片，或装有图片的 zip
form-images-description = 最多 10 个文件；zip 里最多 100 张图片。每张一个任务。
form-prompt = 提示词
form-prompt-description = 要怎样处理；用 1: … 2: … 分别指定每张；末尾可加参数
form-preset = 预设
form-model = 模型，可写多个：a,b
form-negative = 画面中不应出现的内容

## 卡片

card-queued = 排队中
card-position = #{ $position }
card-about = 约 { $duration }
card-cancelling = 正在取消…
card-cancelled = 已取消
card-erased = 提示词和图片已被其所有者删除。
card-retrying = 正在重试（{ $attempt }/{ $of }）
card-waits-rate-limited = 图像服务繁忙，最迟 { $until } 再试
card-waits-quota = 图像服务的额度已用完，等待至 { $until }
card-waits-unavailable = 无法连接图像服务，等待至 { $until }
card-waits-paused = 管理员已暂停，等待至 { $until }
card-waits-paused-open = 管理员已暂停
card-silent = 图像服务已有 { $duration }没有消息
card-images = { $count } 张图片
card-images-missing = { $count } 张图片中有 { $missing } 张未完成：{ $reason }
card-images-gone = 图片已不再保存
card-seed = 种子 { $seed }
card-count-done = 完成 { $count }
card-count-failed = 失败 { $count }
card-count-cancelled = 取消 { $count }
card-count-left = 剩余 { $count }
card-times = { $text }（×{ $count }）
note-aspect-rounded = 此处无法使用 { $asked }：已改用最接近的 { $used }。
note-count-lowered = 一次无法生成 { $asked } 张：改为 { $used } 张。
note-negative-ignored = 此模型不支持反向提示词，已忽略。
note-seed-ignored = 此模型不支持种子，已忽略。
note-strength-ignored = 此模型不支持强度，已忽略。
note-moved = { $from } 目前无法使用：改由 { $to } 处理。
card-billed-yes = 这次已经计费。
card-billed-unknown = 这次可能已经计费。
card-posts-doubtful = 有 { $count } 张图片可能没有送达。
card-image-description = 第 { $number } 张，共 { $total } 张：{ $prompt }
card-left-out = 未处理：{ $reason }
card-more-left-out = ……另有 { $count } 个未处理
card-late-parts = 这些图片到达时，同一相册的其余部分已经开始，因此单独成为一个批次。

button-cancel = 取消
button-retry = 重试
button-retry-failed = 重试失败的（{ $count }）
button-delete = 删除
button-originals = 原图
button-edit = 编辑
button-zip = 打包下载
button-fetch = 获取结果
button-send-again = 重新发送
button-share = 分享
button-erase = 全部删除

failure-invalid-request = 图像服务无法完成这个请求。
failure-moderated = 被图像服务的安全审核拦截，请换一种说法。
failure-quota = 图像服务的额度已用完，请稍后再试。
failure-rate-limited = 图像服务的请求过多，请稍后再试。
failure-transient = 图像服务出错了。
failure-unavailable = 无法连接图像服务，请稍后再试。
failure-cancelled = 图像服务中止了这次运行。
failure-deadline = 已等到最长时限，任务仍无法开始。
failure-silent = 图像服务长时间没有响应，已放弃。
failure-lost = 运行被中断，结果不明。
failure-internal = Easel 内部出错了。

## 数量

duration-seconds = { $seconds } 秒
duration-minutes = { $minutes } 分钟
duration-minutes-seconds = { $minutes } 分 { $seconds } 秒
duration-hours-minutes = { $hours } 小时 { $minutes } 分
time-utc = { $time }（UTC）
size-megabytes = { $size } MB
list-separator = 、

## 输入有误时的回答

prompt-empty = 提示词是空的，请说明想要什么画面。
prompt-too-long = 提示词有 { $length } 个字符，最多 { $promptMaxCharacters } 个。
negative-too-long = 反向提示词有 { $length } 个字符，最多 { $promptMaxCharacters } 个。
aspect-wrong = 无法使用宽高比“{ $value }”。请写 1:4 到 4:1 之间的比例，如 16:9，或 landscape、portrait、square。
count-wrong = 张数是 { $value }，但必须是 1 到 { $countMax } 的整数。
seed-wrong = 种子是 { $value }，但必须是 0 到 { $seedMax } 的整数。
strength-wrong = 强度是 { $value }，但必须在 0 到 1 之间，如 0.6。
strength-without-image = 强度 { $value } 表示偏离原图的程度，但没有附上图片。
mask-without-image = 遮罩表示图片的哪些地方可以改变，但没有附上图片。
mask-shape-wrong = 遮罩（{ $mask } 像素）与图片（{ $image }）的形状不同。请在图片的副本上绘制遮罩。
model-wrong = “{ $value }”不是模型名称。
model-unknown = 没有名为“{ $value }”的模型。用 /models 查看可用的模型。
model-unknown-nearest = 没有名为“{ $value }”的模型。你是想用 { $nearest } 吗？
model-cannot-edit = 模型 { $model } 不支持以图片为起点。
model-cannot = 模型 { $model } 做不到这件事（{ $operation }）。
model-cannot-inpaint = 模型 { $model } 不支持遮罩。
model-without-references = 模型 { $model } 不支持参考图。
model-with-fewer-references = 模型 { $model } 最多支持 { $max } 张参考图，但附了 { $count } 张。
models-able = 支持的有：{ $models }。
models-able-none = 这里没有支持的模型。
option-wrong = “{ $value }”不能用作 { $option }。
concurrency-wrong = 同时运行的任务数是 { $value }，但必须是 1 到 { $concurrencyMax } 的整数。
pool-wrong = “{ $value }”不是后端池的名称。
pool-unknown = 没有名为“{ $value }”的后端池。现有：{ $pools }。
backend-wrong = “{ $value }”不是后端名称。
backend-unknown = 没有名为“{ $value }”的后端。现有：{ $backends }。
configuration-wrong = 配置有误，未做任何更改：
setting-wrong = { $key } 必须是 { $expected }。
image-missing = 请附上要修改的图片：最多 10 张，或一个最多装 100 张的 zip，每张一个任务。
batch-prompt-empty = 请说明要怎样处理这些图片，或指定一个预设。
message-without-images = 那条消息里没有 Easel 能读取的图片。
image-wrong = { $option } 给的不是文件。
images-too-many = 附带了 { $count } 张图片，但这个命令最多 { $max } 张。
words-too-many = “{ $value }”是多余的内容，这个命令用不到。
too-many-variants = 模型和花括号里的选项共有 { $count } 种组合，最多 { $max } 种。
too-many-tasks = 图片、模型和选项共有 { $count } 个任务，最多 { $max } 个。
image-number-beyond = 提示词写了第 { $number } 张图片的内容，但只收到 { $count } 张。
image-number-twice = 提示词里第 { $number } 张图片的内容写了两次。
images-without-prompt = 这些图片没有提示词：{ $numbers }。请在第一个编号之前写上通用的提示词。

flag-unknown = 没有 --{ $flag } 这个参数。
flag-unknown-nearest = 没有 --{ $flag } 这个参数。你是想用 --{ $nearest } 吗？
flag-without-value = --{ $flag } 后面需要一个值，例如 --{ $flag } { $example }。
flag-twice = --{ $flag } 写了两次。
flag-not-at-end = “{ $value }”写在了参数后面。请先写提示词，再写参数。
preset-unknown = 没有名为“{ $value }”的预设。用 /presets 查看可用的预设。
preset-unknown-nearest = 没有名为“{ $value }”的预设。你是想用 { $nearest } 吗？
preset-is-global = “{ $name }”是全局预设。在这里添加同名的预设即可优先使用；Easel 的管理员也可以加上 global。
preset-exists = 已经有名为“{ $name }”的预设。用 /admin preset edit 修改。
preset-unchanged = 请说明要修改 { $name } 的什么：提示词或参数。
preset-name-wrong = “{ $value }”不能用作预设名称：一个词，最多 32 个字母、汉字、数字、- 或 _。
preset-prompt-empty = 请写出预设套用的文字。
preset-prompt-too-long = 预设的文字有 { $length } 个字符，最多 { $presetPromptMaxCharacters } 个。
too-many-presets = 已经有 { $limit } 个预设，达到上限。请先删除一些。
page-wrong = “{ $value }”不是页码。
days-wrong = 天数为 { $value }，但必须是 1 到 90 的整数。
user-missing = 请说明是谁：id 或 @用户名。
user-unknown = Easel 不认识“{ $value }”。id 总是可用；@用户名需要对方用过 Easel。
limit-wrong = “{ $value }”不是限制项。/admin limits show 会列出它们。
limit-value-wrong = “{ $value }”不是有效的限制值：请写数字、off 或 default。
rule-wrong = “{ $value }”不是规则。可用：channels、blocked-words、nsfw-models、nsfw-presets、age-restricted。
rule-value-missing = 请说明规则内容；单独的 - 表示清空。
rule-channel-wrong = “{ $value }”不是频道。请提及它、写出 id，或写 here。
rule-yes-or-no = “{ $value }”既不是 yes 也不是 no。
setting-global-only = { $key } 对所有服务器和聊天同时生效，只有 Easel 管理员可以更改。
setting-scope-only = { $key } 属于单个服务器或聊天。请去掉 global。
block-oneself = 你不能屏蔽自己。

command-unknown = 没有 /{ $name } 这个命令。用 /help 查看所有命令。
command-unknown-nearest = 没有 /{ $name } 这个命令。你是想用 /{ $nearest } 吗？
command-incomplete = /{ $name } 后面要接：{ $names }。
button-unknown = 这个按钮来自旧版本，已经失效。请用 /imagine 重新生成。
form-too-late = 打开表单用时过长，Discord 已不再接受。请重新发送一次命令。
form-expired = 已经找不到这个表单对应的请求。请重新发送一次命令。

image-not-an-image = “{ $name }”不是图片。
image-unsupported-type = “{ $name }”的类型是 { $mediaType }，Easel 无法读取。支持 PNG、JPEG、WebP、GIF、AVIF 和 TIFF。
image-too-many-bytes = “{ $name }”有 { $size }，最大 { $max }。
image-too-large = “{ $name }”太大，最大 { $max }。
image-too-many-pixels = “{ $name }”有 { $pixels } 百万像素，最多 { $max } 百万像素。
image-broken = “{ $name }”已损坏或不完整，无法读到末尾。
image-encrypted = “{ $name }”已加密，请不要使用密码打包。
image-inflates-too-much = “{ $name }”解压后会增大超过 { $maxRatio } 倍，不可能是图片。
image-beyond-platform = “{ $name }”超过 Telegram 允许机器人读取的 20 MB，请拆小后发送。
image-unavailable = 无法获取“{ $name }”，请重新发送。
image-foreign-host = “{ $name }”不是本聊天里的文件，Easel 不会下载。请直接附在这里。
zip-broken = “{ $name }”不是可以完整读取的 zip 文件。
zip-empty = “{ $name }”里没有图片。
zip-too-many-images = “{ $name }”里有 { $count } 个文件，最多 { $max } 张图片。
zip-too-much-inside = “{ $name }”解压后有 { $size }，最多 { $max }。
and-more = ……另有 { $count } 项

## 回答

missing-view-channel = 我无法查看此频道。请管理员在此授予“查看频道”权限，或私信使用我。
missing-send-messages = 我无法在此频道发言。请管理员在此授予“发送消息”权限，或私信使用我。
missing-attach-files = 我无法在此频道上传附件。请管理员在此授予“附加文件”权限，或私信使用我。
private-chat-closed = 我还不能私信你。请打开 { $link } 并按“开始”，然后再发一次。
not-yours = 这是别人的，只有本人可以这样做。
admins-only = 只有 Easel 的管理员可以这样做。
managers-only = 只有本服务器或聊天的管理者可以这样做。
global-admins-only = 只有 Easel 的管理员可以修改全局内容。去掉 global 就只修改这里的。
global-view-admins-only = 只有 Easel 管理员可以查看所有服务器和聊天。去掉 global 可查看此处。
blocked-here = 你已被禁止在此处生成图片。请联系此服务器或聊天的管理员。
blocked-everywhere = 你已被禁止使用 Easel 生成图片。
place-not-allowed = Easel 不在此频道或话题中生成图片。此处的管理员指定了其他频道。
blocked-word = “{ $word }”在此处是屏蔽词。请换个说法。
age-restricted-model = 模型 { $name } 仅限年龄限制频道使用。
age-restricted-preset = 预设 { $name } 仅限年龄限制频道使用。
batch-unknown = 批次 { $id } 已经不在了，或从未有过。
batch-unknown-nearest = 没有编号为 { $id } 的批次或任务，或者已经不在了。你是指 { $nearest } 吗？
batch-unknown-yours = 没有编号为 { $id } 的批次或任务，或者已经不在了。你的批次有：{ $ids }。
id-missing = 哪个批次？请加上编号，你的批次有：{ $ids }。
id-missing-none = 哪个批次？你还没有批次，用 /imagine 生成一个。
image-without-batch = 从这张图片看不出它属于哪个批次。请加上批次编号，用 /history 查看。
filter-too-long = “{ $value }”太长了，请只写一两个词。
language-wrong = Easel 不支持语言“{ $value }”，可用 English 或 中文。
forget-wrong = “{ $value }”不是可以取消的设置：model、preset、negative、aspect、count、private、language 或 all。
settings-nothing = 请说明要设置什么，例如 /settings set aspect 16:9，或要取消什么。
link-code-wrong = 这个代码不对、已被使用或已过期。在另一个平台上用 /settings link 获取新的代码。
link-same-platform = 这个代码来自同一个平台。请在另一个平台上获取代码，再到这里输入。
link-already = 两个账号中有一个已经与其他账号合并。
link-too-many-guesses = 错误的代码太多。请在 { $until } 之后再试。
link-in-private = 在这里别人会看到代码。请在与我的私聊中获取。
image-unknown = 这张图片已经不在了。
images-gone = 批次 { $id } 的图片已不再保存。
nothing-to-cancel = 已经结束，没有可以取消的了。
nothing-to-retry = 没有可以重试的：没有失败的任务，或者已经在运行。
too-many-waiting = 你有 { $waiting } 个任务在排队，最多 { $limit } 个。请等一等，或用 /cancel 取消一些。
quota-of-user = 你今天已经要了 { $used } 张图，每天最多 { $limit } 张。新的一天从 { $resetsAt } 开始。
quota-of-scope = 这里今天已经要了 { $used } 张图，每天最多 { $limit } 张。新的一天从 { $resetsAt } 开始。
busy = Easel 正忙，没有保留这次请求。请过一分钟再试。
defect = 抱歉，Easel 内部出错了。如果再次发生，请把这个编号告诉管理员：{ $id }

batch-cancelled = 已取消 { $id }。
batch-retried = { $id } 已重新运行。
batch-deleted = 已删除 { $id } 及其图片。
originals-none = 这里还没有完成的图片。
originals-shrunk = 有 { $count } 张原图超过此处文件的 { $max } MB 上限，已压缩后发送。
originals-linked = 超过此处文件的 { $max } MB 上限，请用以下链接下载（一周内有效）：
archive-missing = 压缩包可能不完整。再按一次“打包下载”即可取得全部。

queue-empty = 你没有正在排队或运行的任务。
queue-title = 你的批次，从早到晚：
queue-line = { $id } · { $status } · { $prompt }
history-title = 你的批次，最新的在前 · 第 { $page } 页，共 { $pages } 页 · 总计 { $total }
history-title-filter = 你的批次中包含“{ $filter }”的，最新的在前 · 第 { $page } 页，共 { $pages } 页 · 总计 { $total }
history-entry = { $number } · { $id } · { $time }
history-images-gone = 图片已不再保存。
history-empty = 你还没有生成过图片：/imagine 雪地里的狐狸
history-none = 你的提示词里没有包含“{ $filter }”的。
settings-title = 没有另外说明时：
settings-changed = 已修改。没有另外说明时：
settings-model = 模型：{ $value }
settings-preset = 预设：{ $value }
settings-negative = 负面提示词：{ $value }
settings-aspect = 宽高比：{ $value }
settings-count = 数量：{ $value }
settings-private = 仅自己可见：{ $value }
settings-language = 语言：{ $value }
settings-unset = 未设置
settings-yes = 是
settings-no = 否
link-code = 你的代码是 { $code }。请在 { $life }内到另一个平台输入：/settings link { $code }。输入它的人会共享你的历史，不要给别人看。
link-done = 已合并。两个账号现在共享一份历史，设置也通用。
erase-confirm = 这会删除你保存的图片、你发送的图片、提示词和设置，并取消排队或运行中的任务，无法撤销。聊天里已有的内容可能仍会保留。
erased = 已删除 { $batches } 个批次的提示词和图片，对应的卡片会注明。
show-title = { $id } · { $time }
show-task = { $number } · { $id } · { $state } · { $prompt }
show-more-tasks = … 还有 { $count } 个
show-again = 再做一次同样的内容：
show-again-image = 用同样的图片再做一次：
task-pending = 排队中
task-processing = 运行中
task-completed = 完成
task-failed = 失败
task-cancelled = 已取消
pick-image = 要编辑哪张图片？
shared = { $prompt } — { $name }

models-title = 模型：
models-none = 目前无法连接任何图像服务，所以没有可用的模型。
models-line = { $name }{ $marks }
models-default = 默认
models-edits = 可从图片开始
models-inpaints = 支持遮罩
models-references = { $count } 张参考图

presets-title = 预设，用法如 /imagine 一只狐狸 --preset anime：
presets-none = 这里没有预设。
presets-own = 本地
presets-own-title = 本服务器或聊天的预设：
presets-own-none = 还没有，用 /admin preset add 添加。
presets-global-title = 全局预设：
presets-strength = 强度 { $strength }
preset-added = 已添加 { $name }：
preset-edited = 已修改 { $name }：
preset-removed = 已删除 { $name }。

pools-title = 同时运行的任务数：
pools-line = { $name }：{ $concurrency } · 运行 { $running } · 排队 { $waiting }
pools-line-paused = { $name }：{ $concurrency } · 已暂停 · 运行 { $running } · 排队 { $waiting }
concurrency-changed = 已修改。同时运行的任务数：
pools-paused = 已暂停：运行中的继续，不再开始其他任务。
pools-resumed = 已恢复。
backends-pool = { $pool } · 排队 { $waiting }
backends-line = · { $name }（{ $type }）：{ $state } · 已用 { $running } / { $slots } 个槽位
backends-state-well = 就绪
backends-state-resting = 连续失败，暂歇
backends-state-away = 无法连接
backends-state-exhausted = 配额用尽
backends-state-unknown = 尚未检查
backends-state-drained = 已停止派发
backends-until = 至 { $time }
backends-last-error = 最近错误（{ $time }）：{ $error }
backends-drained = { $backend } 不再接收新任务，运行中的继续。用 /admin backends enable 恢复。
backends-enabled = { $backend } 恢复接收任务。
backends-added = 已添加：{ $names }
backends-removed = 已移除（运行中的结束后关闭）：{ $names }
backends-unchanged = 已重新读取：后端没有变化。

lines-more = …… 还有 { $count } 项
page-empty = 这里什么都没有。
page-next = 更多：第 { $page } 页
log-title = 此处的更改，最新在前：
log-title-everywhere = 所有更改，最新在前：
audit-setting = { $key }：{ $before } → { $after }
audit-preset-added = 添加了预设 { $name }（版本 { $version }）
audit-preset-edited = 更改了预设 { $name }（版本 { $version }）
audit-preset-removed = 移除了预设 { $name }（版本 { $version }）
audit-user-blocked = 屏蔽了 { $name }
audit-user-unblocked = 解除屏蔽 { $name }
audit-batches-cancelled = 取消了 { $count } 个批次：{ $ids }
queues-title = 此处排队和运行中的批次，最早在前：
queues-title-everywhere = 所有排队和运行中的批次，最早在前：
queues-private = （私密）
queues-cancelled = 已取消 { $count } 个批次。
users-title = 此处谁生成了多少：
users-title-everywhere = 所有地方谁生成了多少：
users-made = { $batches } 个批次，{ $images } 张图片
users-last = 最近 { $time }
users-blocked = 已屏蔽
block-done = { $name } 不能再在此处生成图片。
block-done-everywhere = { $name } 不能再在任何地方生成图片。
block-already = { $name } 已被屏蔽。
unblock-done = { $name } 可以重新生成图片。
unblock-none = { $name } 在那里没有被屏蔽。
models-hidden = 已隐藏
model-hidden = { $model } 现在仅向管理员提供。
model-shown = { $model } 现在向所有人提供。
limits-title = 此处生效的限制：
limits-changed = 已更改。此处生效的限制：
limits-changed-everywhere = 已为所有服务器和聊天更改。生效的限制：
limits-line = { $name }：{ $value } · { $meaning }
limits-none = 不限
limit-waiting-tasks = 每位用户排队的任务数
limit-running-tasks = 有人等待时每位用户同时运行的任务数
limit-hard-running-tasks = 即使空闲，每位用户同时运行的任务数
limit-user-images-per-day = 每位用户每天的图片数
limit-scope-images-per-day = 每个服务器或聊天每天的图片数
limit-admin-weight = 管理员相对他人的轮次
limit-prompt-max-characters = 提示词的字符数
rules-title = 此处生效的规则：
rules-changed = 已更改。此处生效的规则：
rules-changed-everywhere = 已为所有服务器和聊天更改。生效的规则：
rules-channels = channels（频道）：{ $value }
rules-blocked-words = blocked-words（屏蔽词）：{ $value }
rules-nsfw-models = nsfw-models（仅限年龄限制场所）：{ $value }
rules-nsfw-presets = nsfw-presets（仅限年龄限制场所）：{ $value }
rules-age-restricted = age-restricted（平台未说明时）：{ $value }
rules-everywhere = 所有地方
rules-none = 无
rules-yes = 是
rules-no = 否
stats-title = 此处最近 { $days } 天：
stats-title-everywhere = 所有地方最近 { $days } 天：
stats-totals = { $batches } 个批次 · { $tasks } 个任务 · { $images } 张图片
stats-outcomes = 🟩 { $completed } 完成 · 🟥 { $failed } 失败 · ⬜ { $cancelled } 取消
stats-picture = 最近 { $days } 天的任务：完成、失败与取消，每天一列
stats-failures = 失败原因：
stats-models = 各模型耗时中位数：
stats-tasks = { $tasks } 个任务
stats-days = 按天：
stats-day = { $day } · { $batches } 个批次 · { $images } 张图片 · { $failed } 失败
failure-kind-invalid-request = 无法完成
failure-kind-moderated = 安全过滤
failure-kind-quota = 配额用完
failure-kind-rate-limited = 频率限制
failure-kind-transient = 服务出错
failure-kind-unavailable = 无法连接
failure-kind-cancelled = 被服务停止
failure-kind-deadline = 等待过久
failure-kind-silent = 长时间无响应
failure-kind-lost = 被中断
failure-kind-internal = Easel 内部

help-text =
    Easel 把文字变成图片。
    
    /imagine 雪地里的狐狸 --ar 16:9 --n 4
    附上图片，就会修改那张图片。
help-text-telegram =
    在私聊中，直接发送文字就是提示词。发送带说明的照片，会按说明修改；带说明的相册会成为一个批次。用 /imagine 加提示词回复一张图片，就以它为起点。
help-flags =
    提示词末尾可以加参数：
    --ar 16:9 · 宽高比
    --n 4 · 生成几张
    --seed 7 · 种子相同则结果相同
    --no 手, 脚 · 画面里不要的内容
    --model 名称 · 可以多个：--model a,b
    --preset anime · 套用风格，用 /presets 查看
    --strength 0.6 · 偏离原图的程度
    { "{" }红色|蓝色{ "}" }的狐狸 · 每个选项一个任务
help-commands = 命令：
help-command = /{ $name } · { $description }

## Discord 机器人自己说的话

discord-still-running = 仍在运行。Discord 只允许我在此更新 15 分钟：请按按钮获取结果。
discord-files-refused = ⚠️ 这里无法显示图片：我在此频道没有上传文件的权限。请联系管理员，或在私信中使用我。
discord-files-too-large = ⚠️ 图片即使压缩后也超出了此服务器允许的大小。

## Telegram 机器人自己说的话

answered-privately = 我已在私聊中回复你。
image-without-words = 请给图片配上文字，说明想要什么；也可以用 /imagine 加提示词回复这张图片。
album-late = 相册的这一部分到得太晚，没有算进去。请配上文字重新发送。
originals-missing = 有些文件可能没有送达。再按一次“原图”即可重新获取全部文件。
