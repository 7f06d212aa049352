### mailmoot 的全部中文文字。有测试保证各语言的条目一致。

## 通用
count-members = { $n } 位成员
count-mails = { $n } 封邮件
back = 返回
save = 保存
saved = 已保存
saving = 正在保存…
cancel = 取消
close = 关闭
more = 更多

## Configuration
config-problems = 配置无法使用：
config-wrong = { $name } 的值是“{ $value }”。应为：{ $expected }。
config-wrong-secret = { $name } 无法使用（其值不显示）。应为：{ $expected }。
config-missing = 未设置 { $name }。应为：{ $expected }。
config-unknown = mailmoot 没有 { $name } 这一设置。全部设置见 docs/ADMIN.md。
config-unknown-near = mailmoot 没有 { $name } 这一设置。是否想写 { $nearest }？
config-both = 同时设置了 { $name } 和 { $other }，请只保留一个。
config-unreadable = 无法读取 { $name }：{ $why }
config-no-file = 无法读取配置文件 { $name }：{ $why }。请检查 --config 之后（或 MAILMOOT_CONFIG 中）的路径，并确认运行 mailmoot 的用户有权读取该文件。
config-no-default-file = 没有配置文件 { $name }，而仅有环境变量还不够。请在配置文件所在的文件夹中启动 mailmoot，或者用 --config 文件 指定它。docs/ADMIN.md 开头有一个九行的示例。
config-no-secret-file = { $name } 指定的文件 { $path } 无法读取：{ $why }。请把密码写入该文件，或更正路径，并让运行 mailmoot 的用户有权读取它。
config-expected-simple = 文本、整数、true 或 false，或者文本列表
config-expected-listen = IP 地址和端口，例如 127.0.0.1:8080 或 [::]:8080
config-expected-url = 用户输入的网页地址，例如 https://moot.corp.example
config-expected-folder = 文件夹的路径
config-expected-file = 文件的路径
config-expected-proxies = IP 地址或地址段的列表，例如 ["127.0.0.1", "10.0.0.0/8"]
config-expected-database = sqlite:文件 或 postgres://用户:密码@主机/数据库
config-expected-address = 一个邮件地址，例如 moot@corp.example
config-expected-name = 1 到 100 个字符的名称
config-expected-replies = subaddress、catch_all 或 single
config-expected-domain = 一个域名，例如 groups.corp.example
config-expected-no-catch-all = 不设置，或者设置 mail.replies = "catch_all"
config-expected-time = 带单位的时间，例如 30s、2m 或 1h
config-expected-size = 带单位的大小，例如 25 MB
config-expected-count = 不小于 1 的整数
config-expected-language = en 或 zh-CN
config-expected-host = 服务器名称，例如 mail.corp.example
config-expected-port = 1 到 65535 的端口号
config-expected-security = tls（常用端口 993 和 465）、starttls（143 和 587），或者 none（仅限本机上的服务器）
config-expected-password = 账户的密码，或者在设置名后加 _file 并写上存有密码的文件的路径
config-expected-mail-folder = 邮件文件夹的名称，例如 INBOX
config-expected-one-source = [imap] 和 [maildir] 只能选一个
config-expected-endings = 文件名后缀的列表，例如 ["exe", "iso"]
config-expected-domains = 域名列表，例如 ["corp.example"]
config-expected-log-format = text 或 json
config-expected-log-level = error、warn、info、debug 或 trace
## 页面框架
skip-to-main = 跳到正文
today = 今天
yesterday = 昨天
copied = 已复制
failed-to-send = 未发送
reconnecting = 连接已断开，正在重新连接…
signed-out-here = 您已在此退出登录，输入的内容会保留。
theme-auto = 跟随系统
theme-light = 浅色
theme-dark = 深色
side-label = 群组和草稿
nav-label = 页面
new-group = 新建群组
threads = 邮件会话
drafts = 草稿
groups = 群组
groups-none = 还没有群组。
no-topic = 尚无话题
sessions = 登录的设备
ledger = 邮件台账
mail-desk = 邮件台
sign-out = 退出登录
unread = 条未读

## 群组
glance-files = { $more ->
    [0] { $name }
   *[other] { $name }，另有 { $more } 个文件
}
with-files = 附有文件
group-new = 新群组
home-welcome = 欢迎使用 mailmoot
home-start = 发起群组
home-guest = 您受邀参加的群组列在旁边。新群组由本单位的人员发起。
home-lead = 邮件来来回回理不清时，把它变成群组：参与的人和主题会一起带过来。
way-forward = 转发邮件
way-forward-text = 把邮件转发到下面的地址，或在抄送中加上它。您会收到一封带有群组草稿链接的邮件。
way-thread = 选择邮件会话
way-thread-text = 从您参与的邮件会话中选一个。
way-thread-go = 查看邮件会话
way-drop = 拖入邮件文件
way-drop-text = 把 .eml 文件拖到“新建群组”页面，或从空白草稿开始。
copy-address = 复制地址
to-groups = 返回群组列表
copy-link = 复制链接
you = 我
role-owner = 发起人
reach-browser = 浏览器在线
reach-mail = 通过邮件
link-of-group = 链接（供成员使用）
older-messages = 更早的消息
newest-messages = 回到最新消息
new-messages = 有新消息
talk-start = 群组创建于
messages = 消息
unread-from-here = 以下为新消息

## 定位与书写
newer-messages = 更新的消息
jump = 跳到某一天
jump-date = 从这一天起的消息
jump-go = 前往
jump-first = 回到开头
jump-unread = 到第一条未读
jump-missing = 这条消息不在这里，或者您无权查看。
jump-failed = 未能取得消息，请稍后再试。
mention-whom = 可以提及的成员
mention-unmatched = { $names }：没有叫这个名字的成员，因此未通知任何人。请输入 @ 后从列表中选择。
mentioned-you = 提到了您，讨论：
toolbar = 格式
sign-bold = 加粗
sign-italic = 斜体
sign-struck = 删除线
sign-code = 行内代码
sign-block = 代码块
sign-link = 链接
sign-quote = 引用
sign-list = 列表
sign-numbers = 编号列表
preview = 预览
preview-empty = 还没有输入内容。
characters-left = 个字符可输入
characters-too-many = 个字符超出上限：请缩短，或作为文件添加
unsent-elsewhere = 在另一台设备上写的：
unsent-use = 使用这段文字
show-all = 显示全部
show-less = 收起
copy-code = 复制这段代码

## 键盘
keys = 键盘操作
keys-everywhere = 所有页面
keys-discussion = 讨论页面
keys-message = 选中消息时
keys-writing = 输入时
keys-list = 显示本列表
keys-search = 搜索
keys-groups = 到上一个或下一个群组
keys-close = 关闭列表、菜单或面板
keys-tab = 到下一个或上一个控件
keys-write = 写消息
keys-messages = 到消息列表
keys-unread = 到第一条未读消息
keys-newest = 到最新消息
keys-send = 发送
keys-line = 换行
keys-mention = 提及成员
keys-choose = 从成员列表中选择
keys-walk = 到上一条或下一条消息
keys-menu = 打开消息菜单
keys-answer = 回复
keys-edit = 编辑自己的消息
keys-link = 复制消息链接
keys-remove = 删除
keys-edit-last = 输入框为空时：编辑最后一条消息
keys-single = 允许在输入框之外单独按下的按键（如 ? 和 c）
keys-mac = 在 Mac 上，Ctrl 为 ⌘，Alt 为 ⌥。

## 在线状态
presence-online = 在线
presence-busy = 忙碌
presence-away = 离开
presence-offline = 离线
presence-colon = ：
presence-until = 至
presence-here = { $n } 人在线
presence-one-writes = { $a } 正在输入…
presence-two-write = { $a }和{ $b }正在输入…
presence-many-write = { $a }和另外 { $n } 人正在输入…
presence-mine = 别人看到的状态
presence-note = 给别人看的备注
presence-note-hint = 备注，例如“午餐”
presence-lasts = 持续多久
presence-no-end = 不限时间
presence-minutes = { $n ->
    [30] 30 分钟
    [60] 1 小时
    [120] 2 小时
   *[240] 4 小时
}
presence-clock = 到这个时间为止
problem-no-such-end = 状态不能在那时结束。请选择七天以内的时间。

## 消息
by-mail = 来自邮件
by-link = 通过该成员的链接发来，身份未确认
opening-message = 开场消息
show-quotation = 显示引文和签名
drop-files = 松开鼠标即可添加文件
add-files = 添加文件
your-message = 您的消息
write-message = 输入消息
send = 发送
sending = 正在发送…
send-again = 重新发送
upload-failed = 上传失败
waits-to-be-sent = 尚未发送，连接恢复后会自动发出。
upload-lost = 有文件未能上传。再次发送将不包含该文件。
file-too-large = 文件太大，上限为 { $size }。
problem-too-much-waits = 您已上传但尚未发送的文件超过了 { $size } 的上限。请先发送包含这些文件的消息；从未发送的文件会在一天后删除。
composer-hint = Enter 发送，Shift + Enter 换行

## 更改消息
in-answer-to = 回复
answers-earlier = 回复您加入之前的一条消息
answering = 正在回复
answer-not = 不作为回复
problem-answer-gone = 您要回复的消息不在这个群组里。请把内容作为一条新消息发送。
message = 消息
answer = 回复
what-you-typed = 您输入的内容
show-in-discussion = 在讨论中查看
earlier-versions = 编辑前的内容
remove-message = 删除消息
remove-message-text = 对所有人生效且不可恢复：文字和文件都不会保留。已通过邮件发出的内容无法收回。
message-menu = 对这条消息的操作
message-details = 详细信息
remove-message-ask = 删除这条消息？
edit-hint = Enter 保存，Esc 放弃
edit-not-possible = 这条消息已不能再更改。
message-edited = 已编辑
message-removed = 消息已删除
message-removed-by = 已删除，操作人：
message-removed-meanwhile = 这条消息在此期间已被删除。您输入的内容仍在这里，需要时请复制。
message-edited-elsewhere = 您在此期间已在另一个窗口中编辑过这条消息。您在这里输入的内容仍在；请刷新页面查看较新的文字。
problem-too-late = 可以更改这条消息的时间已过，请另发一条新消息。
problem-too-many-edits = 这条消息的编辑次数已达上限，请另发一条新消息。

## 登录
sign-in = 登录
sign-in-lead = 我们会把登录链接发到您的邮箱，无需密码。
your-address = 您的邮箱地址
send-link = 发送登录链接
check-mail = 请查收邮件
check-mail-lead = 如果 { $address } 在本系统中有登记，邮件已经发出。请在当前浏览器中打开邮件里的链接，或输入邮件中的六位数字。
code-of-mail = 邮件中的六位数字
check-mail-nothing = 没有收到？请看看垃圾邮件文件夹，稍等一分钟，或者
ask-again = 重新发送。
sign-in-as = 您将以 { $name } 的身份登录。
sign-in-now = 立即登录
other-browser = 此链接来自另一个浏览器
other-browser-lead = 登录链接只能在申请它的浏览器中使用。请在那个浏览器里输入邮件中的六位数字，或者在这里重新申请。
ask-here = 在这里申请链接
wrong-address = 这不是有效的邮箱地址，应类似 name@company.com。
wrong-code = 数字不正确。请查看最新的一封邮件；多次输错后需要重新申请。
problem-too-often = 最近从这里或为这个地址申请的登录邮件过多。请等待 { $n } 分钟后再申请；在此之前请使用已收到的最新一封。
sessions-lead = 这里列出您登录过的所有浏览器。不再使用的，请退出登录。
this-browser = 当前浏览器
session-since = 登录于
session-seen = 最近使用
sign-out-there = 退出登录
unknown-device = 未知浏览器

## 个人链接
personal-link = 个人链接
personal-link-group = 打开您的群组
personal-link-draft = 打开您的草稿
personal-link-home = 打开 mailmoot
personal-link-lead = 此链接仅供 { $name } 使用，会以其身份打开页面。
open-as = 以 { $name } 的身份打开
personal-link-not-you = 不是您本人？请关闭此页面，这个链接是给别人的。
link-claimed = 已在另一个浏览器中打开过
link-claimed-lead = 要在这里也打开，我们会把六位数字发到收到此链接的邮箱。
send-code = 发送数字
code-sent-lead = 请输入刚刚发出的邮件中的六位数字。
open-group = 打开群组
link-gone = 此链接无法使用
link-gone-lead = 它可能已经过期、用完或被收回。请用您的邮箱地址登录，您的群组都在那里。

## 错误
error-not-found = 这里没有您可以查看的内容
error-not-found-text = 页面不存在，或未向您开放。如果链接是别人发给您的，请让对方把您加入群组。
error-signed-out-text = 您已退出登录。请先复制已输入的内容，再重新打开本页登录。
error-foreign = 此表单不是从 mailmoot 发出的
error-foreign-text = 为安全起见，没有做任何更改。请返回并重新加载页面，再试一次。
error-too-large = 内容太大
error-too-large-text = 没有保存任何内容。请发送较小的文件，或逐个发送。
error-stale = 有人抢先了一步
error-stale-text = 您的更改到达之前，页面已经变化，因此没有覆盖任何内容。请查看最新状态后再试。
error-unreadable = 无法识别提交的内容
error-unreadable-text = 表单中缺少内容或格式不对。请返回检查您填写的内容。
error-ours = 系统出错了
error-ours-text = 这是我们的问题，已经记录下来。已保存的内容没有丢失，请稍后再试。
error-busy = 系统正忙
error-busy-text = 没有做任何更改，请过几秒再试。
error-too-often = 请求过于频繁
error-too-often-text = 请求次数过多。请稍候再试。

## 邮件会话
search = 搜索
search-threads = 按主题词或姓名搜索
threads-none = 还没有邮件会话。转发邮件或在抄送中加上 mailmoot 的地址，它们就会出现在这里。
threads-not-found = 您的邮件会话中，没有主题或姓名包含“{ $query }”的。
no-subject = （无主题）
make-group = 建成群组

## 草稿
drop-mails = 松开鼠标，放入邮件
drop-mails-title = 把邮件文件拖到这里
drop-mails-text = 同一会话的一个或多个 .eml 文件，每个不超过 { $size }。成员和话题会从邮件中提取。
pick-mails = 选择邮件文件
make-draft = 生成草稿
blank-text = 也可以从空白草稿开始，自己添加成员。
blank-go = 空白草稿
draft = 草稿
draft-title = 准备群组
draft-confirmed = 群组已建立，成员都已收到通知。
draft-discarded = 此草稿已放弃，没有通知任何人。
restore = 恢复
edit = 编辑
lease-free = 当前为只读。点击“编辑”即可修改话题、成员和开场消息。
lease-mine = 您正在编辑。每处修改都会立即保存，其他人同步可见。
lease-wanted = { $name } 希望编辑。
lease-other = { $name } 正在编辑，您可以实时看到每处修改。
lease-asked = 您已请求接手编辑。
lease-elsewhere = 您正在另一个窗口中编辑，这里可以实时看到每处修改。
edit-here = 在此编辑
lease-moved = 您现在正在另一个窗口中编辑，这处更改没有保存。
ask-lease = 请求接手
hand-over = 移交
done-editing = 完成
lease-lost = 您的编辑权已失效
lease-lost-text = 您最后输入的内容没有保存，但保留在这里：
kept-text = 您输入的内容：
copy-text = 复制内容
not-saved = 未保存
topic = 话题
topic-hint = 要讨论什么？
mail-had-them = 出现在邮件的 { $field } 栏
learnt = 不在通讯录中
learnt-text = 从邮件得知，或由人手动输入
remove = 移除
remove-member = 移除 { $name }
add = 添加
add-member-label = 添加成员
add-member-hint = 姓名、部门或邮箱地址
add-first = 请先添加此人，或清空输入框。
add-address = 添加 { $address }
people = 人员
preview = 预览
opening-heading = 开场消息
opening-hint = 写下大家首先需要了解的内容
opening-none = 没有开场消息。
markdown-hint = 支持 Markdown：**粗体**、*斜体*、- 列表、> 引用
open-file = 打开
confirm-hint = 另外 { $n } 位成员将收到链接。
confirm-needs-topic = 群组需要一个话题。
confirm-needs-members = 群组至少还需要一位成员。
discard = 放弃
discard-sure = 放弃此草稿吗？以后可以恢复。
discard-yes = 确认放弃
confirm-group = 建立群组

## 邮件台账
ledger-in = 收到的邮件
ledger-out = 发出的邮件
ledger-empty = 还没有邮件。
ledger-when = 时间
ledger-outcome = 处理结果
ledger-why = 原因
ledger-attempts = 尝试次数
run-again = 重新处理
outcome-waiting = 等待处理
outcome-message = 成为消息
outcome-draft = 成为草稿
outcome-thread = 仅归入会话
outcome-ignored = 未采用
outcome-quarantined = 已隔离
ledger-unfetched = 无法从邮箱文件夹取得这封邮件（{ $place }）：{ $words }。邮件仍在原处，点“重新处理”可再次收取。
ledger-unfetched-again = 将在一分钟内再次收取这封邮件（{ $place }）。上次的结果：{ $words }。
delivery-waiting = 等待发送
delivery-sent = 已发送
delivery-failed = 发送失败
ignored-automatic = 由程序自动发出，不是人写的。
ignored-loop = 这是我们自己发出又返回的邮件。
ignored-duplicate = 同一封邮件之前已经收到。
ignored-repeated = 发件人一小时内已向该群组发过同样的内容。
ignored-report = 这是关于我们所发邮件的报告。
ignored-not-a-member = 寄给群组的人不是该群组的成员。
ignored-no-such-group = 收件群组已不存在。
ignored-not-allowed = 发件人无权在这里发起群组。
ignored-too-many = 发件人一小时内的来信超过了上限。
ignored-too-many-people = 邮件涉及的人数超过群组上限（500 人）。
ignored-too-large = 邮件大小超过此处允许的上限。
ignored-empty = 邮件既没有正文也没有附件。
ignored-own-letter = 这封邮件回复或转发的是 mailmoot 自己发出的邮件，不属于任何群组。

## 邮件台（仅演示版）
desk-lead = 此页面只在演示版中出现，存放每位虚构人物的邮箱。您可以查看 mailmoot 发给他们的邮件，以他们的身份回信或登录。
desk-gateway = 把邮件转发或抄送到此地址：
desk-mails = 封邮件
desk-sign-in = 登录
desk-note = 您正在查看一位虚构人物的邮箱。从这里发出的邮件与真实邮件走同样的流程。
desk-sent = 已发送。几秒之内，结果会出现在这里或 mailmoot 的页面上。
desk-write = 写邮件
desk-empty = 这个邮箱是空的。
desk-as-text = 纯文本
desk-reply = 回复
desk-reply-all = 全部回复
desk-forward = 转发给 mailmoot
desk-send = 发送
from = 发件人
to = 收件人
cc = 抄送
date = 日期
files = 附件
subject = 主题
text = 正文

## 邮件
mail-hello = { $name }，您好：
mail-hello-nobody = 您好：
mail-personal-link = 此链接仅供您本人使用，会以您的身份打开页面，请勿转发本邮件。
mail-link-instead = 如果按钮无法点击，请打开以下地址：
mail-files = 附件
mail-file = { $name }（{ $size }）
mail-more-members = 以及另外 { $n } 人
mail-people = { $n } 人

mail-sign-in-title = 登录 mailmoot
mail-sign-in-lead = 您申请了登录。请在申请登录的浏览器中点击下面的按钮。
mail-sign-in-lead-text = 您申请了登录。请在申请登录的浏览器中打开此链接：
mail-sign-in-button = 登录
mail-sign-in-code = 要在另一台设备上登录？请在那里输入以下数字：
mail-sign-in-minutes = 链接和数字在 { $n } 分钟内有效。
mail-sign-in-ignore = 不是您申请的？忽略本邮件即可：没有它，任何人都无法登录。切勿把数字告诉他人。

mail-draft-title = 您的群组等待确认
mail-draft-preview = 请核对成员和话题，然后确认。目前还没有通知其他人。
mail-draft-lead = 我们已根据您的邮件准备好一个群组草稿，目前还没有通知其他人。
mail-draft-next = 打开草稿后，您可以修改成员、话题和开场消息。您确认之后，其他人才会收到链接。
mail-draft-next-text = 在这里打开草稿：
mail-draft-button = 打开草稿
mail-draft-why = 您收到本邮件，是因为您向 { $gateway } 发送了邮件。如果不需要群组，可以不予理会，也可以在草稿页面上放弃它。

mail-invitation-title = { $inviter } 邀请您参与讨论
mail-invitation-lead = { $inviter } 邀请您参与讨论：
mail-invitation-button = 进入讨论
mail-invitation-link = 进入讨论：
mail-invitation-reply = 不方便打开网页？直接回复本邮件即可，群组成员都能看到您的回复。
mail-invitation-days = 链接在 { $n } 天内有效，之后请用您的邮箱地址登录。
mail-invitation-members = 群组成员
mail-invitation-opening = 开场消息
mail-invitation-why = 您收到本邮件，是因为 { $inviter } 将您加入了此群组。

mail-messages-earlier = 另有 { $n } 条较早的消息未在此显示。
mail-messages-read-earlier = 在网页上查看
mail-messages-reply = 直接回复本邮件，即可在群组中发言。
mail-messages-open = 进入讨论
mail-messages-link = 进入讨论：
mail-messages-fewer = 您在网页上读过的消息，不会再发邮件通知您。

mail-answer-title = 您的邮件未能处理
mail-answer-lead = 您的邮件“{ $subject }”已收到，但 mailmoot 未能采用。
mail-answer-what-helps = 您可以这样做
mail-answer-not-a-member = 您不是收件群组的成员，群组中没有人看到您的邮件。
mail-answer-not-a-member-help = 如果您是成员，请用接收群组邮件的那个邮箱地址发送；如果不是，请让群组成员先添加您，然后重新发送。
mail-answer-no-such-group = 收件群组已不存在，或者其地址已失效。
mail-answer-no-such-group-help = 如需建立新群组，请把相关邮件转发到 { $gateway }。
mail-answer-not-allowed = 您的邮箱地址无权在这里发起群组。
mail-answer-not-allowed-help = 请联系管理员开通权限，或请有权限的同事把邮件转发到 { $gateway }。
mail-answer-too-many = 您在一小时内发送的邮件超过了每人的上限。
mail-answer-too-many-help = 请等一小时后重新发送。
mail-answer-too-many-people = 邮件涉及的人数超过了群组的上限。
mail-answer-too-many-people-help = 请减少收件人和抄送人，重新发送到 { $gateway }。群组建立后，成员仍可添加其他人。
mail-answer-too-large = 您的邮件超过了这里允许的大小。
mail-answer-too-large-help = 请去掉较大的附件后重新发送。文件可以在群组页面上添加。
mail-answer-empty = 邮件中既没有您写的正文，也没有附件。
mail-answer-empty-help = 请把内容写在引用的邮件上方，然后重新发送。
mail-answer-own-letter = 您回复或转发的是 mailmoot 自己发出的邮件（例如草稿链接或邀请），不能由此建立群组。
mail-answer-own-letter-help = 如需在群组中发言，请直接回复该群组的邮件；如需修改草稿，请打开其链接；如需建立新群组，请把由人写的邮件转发到 { $gateway }。
mail-answer-other-help = 请联系管理员，邮件的处理结果可在台账中查到。
mail-answer-why = 这是程序对您发往 { $gateway } 的邮件的自动回复。

## 通讯录

directory-line = 第 { $line } 行：{ $words }
directory-no-address = 没有邮件地址，已略过此人。
directory-bad-address = “{ $value }”不是邮件地址。
directory-bad-row = 无法读取这一行，引号不成对。
directory-cut-off = 这张 vCard 没有结尾（END:VCARD），已略过。
directory-bad-card = 无法读取这张 vCard，已略过。
directory-too-many = 一个文件最多可含 { $limit } 人。从这里开始的人都已略过，请另存为一个文件再导入。
directory-empty = 文件是空的。
directory-too-large = 文件太大。通讯录最大 { $limit } MB，请分成几个文件导入。
directory-no-address-column = 这既不是 vCard 文件，也不是首行写有列名的 CSV 文件：找不到邮件地址一列。首行内容为：{ $columns }。请把那一列命名为 mail。
## mailmoot check
check-public-url = 网页：链接以 { $url } 开头
check-saw-url-here = 只有本机能打开
check-saw-url-plain = 连接未加密
check-advice-url-here = 请把 server.public_url 设为用户的浏览器能够访问的地址。
check-advice-url-plain = 请在 mailmoot 之前放置带 TLS 的 Web 服务器，并把 server.public_url 设为其 https:// 地址。
check-sqlite = 数据库：打开 { $path }
check-postgres = 数据库：打开 PostgreSQL
check-advice-database = 该文件夹对运行 mailmoot 的用户必须可写。使用 PostgreSQL 时，请检查 database.url 中的主机、用户、密码和数据库名。
check-all-well = 一切正常。
check-some-failed = 有 { $n } 个步骤失败。
check-find = { $protocol }：查找 { $host }
check-connect = { $protocol }：连接 { $host } 的端口 { $port }
check-protect = { $protocol }：商定加密方式（{ $security }）
check-login = { $protocol }：以 { $user } 登录
check-no-login = { $protocol }：不登录，直接继续
check-folder = IMAP：打开文件夹 { $folder }
check-idle = IMAP：新邮件即时通知（IDLE）
check-maildir = Maildir：打开 { $path }
check-replies = 发往 { $address } 的回复能够收到
check-round-trip = 发往 { $address } 的邮件能够收到
check-saw-unknown-host = 没有叫这个名称的服务器：{ $why }
check-saw-unreachable = 该端口无人应答：{ $why }
check-saw-timeout = 未及时应答
check-saw-certificate = 证书不可信：{ $why }
check-saw-handshake = TLS 失败：{ $why }
check-saw-no-starttls = 服务器在此不提供 STARTTLS
check-saw-plain-abroad = 密码会以明文经过网络
check-saw-greeting = 这不是邮件服务器的问候语：{ $why }
check-saw-ca-file = 无法读取这些证书：{ $why }
check-saw-lost = 连接中断：{ $why }
check-saw-reply = 服务器说：{ $why }
check-saw-no-uids = 服务器不给邮件编号
check-saw-no-idle = 服务器不提供此功能
check-saw-no-login = 服务器在此不提供登录
check-saw-no-utf8 = 服务器不接受含有 ASCII 以外字母的地址
check-saw-not-tried = 未尝试
check-saw-arrived = 用时 { $n } 秒
check-saw-not-arrived = 已发出，但 { $n } 秒后仍未收到
check-saw-long-address = 地址中 @ 之前的部分太长
check-advice-host = { $section }.host 是否写对了？本机的域名服务必须认识这个名称。
check-advice-port = { $section }.port 是否正确？{ $section }.security = "tls" 时通常为 { $tls }，"starttls" 时通常为 { $starttls }。本机与 { $host } 之间的防火墙也可能是原因。
check-advice-certificate = 证书必须签发给 { $host }。如果证书上是另一个主机名，请把它写入 { $section }.host。如果证书来自自建的证书机构，请在 { $section }.ca_file 中写明其文件。
check-advice-try-starttls = 该端口似乎不是一开始就用 TLS。请设置 { $section }.security = "starttls"（常用端口 { $starttls }），或者改用 TLS 的端口（通常为 { $tls }）。
check-advice-try-tls = 该端口似乎一开始就要求 TLS，或者不是 { $protocol } 的端口。请设置 { $section }.security = "tls"（常用端口 { $tls }），或者改用 STARTTLS 的端口（通常为 { $starttls }）。
check-advice-handshake = 服务器与 mailmoot 没有共同的 TLS 版本或算法；mailmoot 支持 TLS 1.2 和 1.3。请更新服务器。
check-advice-plain-abroad = { $section }.security = "none" 仅限本机上的服务器。请改为 "tls"（常用端口 { $tls }）或 "starttls"（常用端口 { $starttls }）。
check-advice-ca-file = { $section }.ca_file 必须是可读的 PEM 格式证书文件（“-----BEGIN CERTIFICATE-----”）。
check-advice-login = 请检查 { $section }.user 和 { $section }.password。许多服务器要求以完整地址为用户名，有些只要 @ 之前的部分。启用两步验证的账户需要应用专用密码。
check-advice-no-login = 请改用其他端口或加密方式；许多服务器只在 TLS 之后提供登录。如果服务器不需要登录，请设置 { $section }.user = ""。
check-advice-later = 这可能是暂时的，请再试一次。如果一直如此，请查看服务器的日志。
check-advice-folder = 请按邮件程序中显示的样子填写 imap.folder，注意大小写。下级文件夹用“/”或“.”连接，视服务器而定。
check-advice-no-uids = mailmoot 无法在这样的文件夹中记住位置。请向服务器的开发者要求支持 UIDVALIDITY（RFC 9051）。
check-advice-idle = mailmoot 改为每 { $n } 秒查看一次新邮件。这没有问题，只是慢一些。
check-advice-may-not-send = 请允许该账户以 mail.address 及其子地址的名义发信。
check-advice-refused = 服务器的话说明了原因，其日志中有更多信息。
check-advice-replies = 请让邮件系统把这类地址的邮件投递到该账户：Postfix 用“recipient_delimiter = +”，Exchange 用加号寻址。或者把 mail.replies 设为 "catch_all" 或 "single"。
check-advice-not-arrived = 发信服务器收下了邮件，但邮件没有到达。请查看邮件系统的日志和队列、该账户的其他文件夹以及过滤规则。
check-advice-long-address = 加上回复地址的 27 个字符，@ 之前将超过 64 个字符，这是邮件标准不允许的。请使用更短的 mail.address，或者把 mail.replies 设为 "catch_all" 或 "single"。
check-advice-maildir = 该文件夹必须属于运行 mailmoot 的用户，并且可写。
check-advice-first-the-others = 需要先让上面的步骤成功。
files-of-mail = 邮件中的附件
lease-lost-to = 现在由 { $name } 编辑，您的更改没有保存。
problem-empty = 请先输入内容。
problem-too-long = 内容太长，上限为 { $n } 个字符。
problem-too-many = 数量太多，上限为 { $n } 个。
error-guest = 仅限本单位人员
problem-guest = 只有本单位的人员可以新建群组和查找人员，请让其中一位为您新建。
problem-too-many-people = 涉及的人数超过群组上限（{ $n } 人）。
problem-own-address = 这是 mailmoot 自己的地址，不能成为成员。
problem-nobody-there = 演示中没有人使用地址 { $address }。邮件台列出了所有人。
problem-already-member = { $name } 已经是成员。
problem-file-gone = 其中一个文件已不存在，请重新添加。
problem-forbidden = 您可以查看，但不能修改。

## 命令

cli-unreadable = 无法读取文件：{ $why }
cli-database-failed = 无法使用数据库（{ $place }）：{ $why }
cli-folder-failed = { $setting } 是“{ $value }”：无法在该处创建文件夹（{ $why }）。请指定一个 mailmoot 有权写入的文件夹。
cli-import-found = 找到 { $people } 人，{ $problems ->
    [0] 没有问题
   *[other] { $problems } 个问题
}。
cli-import-more-problems = 另有 { $n } 个问题未列出。
cli-import-done = 通讯录已更新：新增 { $added } 人，更新 { $updated } 人，{ $unchanged } 人无变化。
cli-import-would = 未作任何改动。导入将新增 { $added } 人，更新 { $updated } 人，{ $unchanged } 人无变化。
cli-admin-no-address = “{ $value }”不是邮件地址。
cli-admin-own-address = 这是 mailmoot 自己的地址，请填写某个人的地址。
cli-admin-made = { $name } 现在是管理员。
cli-admin-link = 此人可用下面的链接登录。链接 { $days } 天内有效，只能在首次打开它的浏览器中使用：
cli-migrate-current = 数据库已是最新（版本 { $from }）。
cli-migrate-behind = 数据库为版本 { $from }，本程序为版本 { $to }。运行“mailmoot migrate”，或下次运行“mailmoot serve”时会自动更新。
cli-migrate-made = 数据库已建好（版本 { $to }）。
cli-migrate-done = 数据库已从版本 { $from } 更新到 { $to }。
cli-migrate-newer = 数据库由更新的 mailmoot 建立：这里不认识版本 { $version }。请使用那个版本或更新的 mailmoot。
cli-migrate-changed = 数据库的版本 { $version } 与本程序的不同，或更新时被中断。未作任何改动。请恢复备份，或使用建立它的 mailmoot。
cli-unknown-option = 这里没有选项“{ $arg }”。
cli-unknown-command = 没有命令“{ $command }”。
cli-missing = 缺少：{ $arg }
cli-wrong-value = { $arg } 不能取值“{ $value }”。
cli-see-help = 用“--help”查看可以填写的内容。
help = 把邮件会话变成实时讨论群组，再把讨论变回邮件
help-usage = 用法
help-commands = 命令
help-arguments = 参数
help-options = 选项
help-help = 显示帮助
help-version = 显示版本
help-config = 配置文件 [默认：当前目录的 mailmoot.toml（如果有），或 MAILMOOT_CONFIG 指定的文件]
help-serve = 提供网页，收取并发送邮件
help-demo = 启动一家虚构的公司供您试用，不需要邮件服务器
help-demo-listen = 网页的地址 [默认：127.0.0.1:8080]
help-demo-data = 保存演示数据的文件夹 [默认：新建一个，结束时删除]
help-demo-links = 同时把登录链接以 JSON 写入文件
help-inspect = 说明 mailmoot 对邮件的理解：每行一个 JSON 对象
help-inspect-files = 邮件（.eml）、mbox、Maildir，或包含它们的文件夹
help-inspect-threads = 显示整个邮件会话，而不是单封邮件
help-inspect-own = 网关自己的地址，不算作会话成员
help-check = 逐项检查 mailmoot 所需的一切，指出问题和解决办法
help-import = 导入通讯录：带表头的 CSV，或 vCard
help-import-files = 要导入的文件，扩展名不限，按内容识别
help-import-dry-run = 只说明将要做的改动，不作任何改动
help-admin = 把某人设为管理员，并显示供其登录的链接
help-admin-address = 此人的邮件地址；如不在通讯录中则会添加
help-admin-name = 添加时使用的姓名
help-migrate = 更新数据库（serve 会自动更新）
help-migrate-status = 只说明数据库的版本，不作任何改动

## mailmoot demo（终端）
demo-ready = mailmoot 演示已就绪：{ $url }
demo-desk = 虚构人物的邮箱：{ $url }
demo-links = 以其中一位的身份登录。每个链接属于第一个打开它的浏览器：
demo-steps = 三步体验：
demo-step-forward = 1. 在邮件台打开 Anna Berg 的邮件“Visit of Partner Logistics on Thursday”，转发到 { $gateway }。
demo-step-confirm = 2. 两秒后 Anna 会收到一封带链接的邮件。打开链接并登录，点“编辑”，按需修改，然后建立群组。
demo-step-answer = 3. 这时邮件台里 David Okafor 已收到邀请。回复它，他的话会立即出现在群组的页面上。
demo-not-kept = 按 Ctrl-C 结束演示并删除所有数据。如需保留，请指定文件夹：--data 文件夹
demo-kept = 按 Ctrl-C 结束演示。所有数据保留在 { $folder }。
demo-ends = 演示结束。
demo-port-taken = { $address } 已被其他程序占用。请先结束它，或换一个端口：--listen 127.0.0.1:8081
demo-cannot-listen = 演示无法在 { $address } 上监听：{ $why }
not-a-mail = 其中一个文件不是邮件。请在邮件程序中把邮件另存为 .eml 文件，再拖到这里。
not-a-mail-empty = 其中一个文件是空的。请重新保存邮件，再拖到这里。
not-a-mail-too-large = 其中一封邮件太大，无法读取。请去掉附件后保存，或把它转发给 mailmoot。
not-a-mail-outlook = 其中一个文件是 Outlook 的 .msg 文件。请另存为 .eml，或把邮件转发给 mailmoot。
not-a-mail-own = 这封邮件是 mailmoot 自己写的，请放入由人写的邮件。
not-a-mail-odd = 其中一封邮件的结构异常，无法打开。请把它的正文转发给 mailmoot。

## 面板与设置
panels = 讨论旁边的面板
members = 成员
to-discussion = 返回讨论
group-settings = 关于本群组
group-about = 群组
group-begun = 开始于
settings = 设置
settings-you = 我
settings-you-lead = 这是通讯录中的信息，如需更正请联系通讯录的管理者。
settings-looks = 语言与外观

## 由群组建立新群组
family = 相关群组
family-groups = 属于同一来源的群组
family-this = （本群组）
family-lead = 这里只显示您所在的群组。
family-thread = 来源邮件会话
spin-off = 在新群组中继续
spin-off-lead = 新群组带上相同的成员和您选择的消息，不带走本群组的其他内容。建立之前，一切都可以更改。
spin-off-group = 由本群组建立新群组
spin-off-these = 用所选消息建立新群组
choose-messages = 选择消息
choose-message = 选择此人的消息：
chosen-count = 已选 # 条
chosen-heading = 一并带入的消息
chosen-from = 来自
chosen-lead = 每条消息都会标明来源。该群组的其他内容不会带入。
chosen-none = 没有带入消息。
taken-from = 来自
spun-off-from = 延续自
problem-too-many-chosen = 新群组最多可以带入 { $n } 条消息，请少选一些。
mail-taken-from = 来自“{ $topic }”

## 搜索
search-all = 搜索全部消息
search-in-group = 在本群组中搜索
search-hint = 关键词，或 来自:姓名
search-lead = 消息正文或其文件名须包含全部关键词。还可以按以下条件查找：
search-eg-words = 预算 会议
search-eg-words-text = 同时包含两个词的消息。中文不需要空格分词，一个字也能找到；英文词会一并匹配更长的词，不区分大小写和重音。
search-eg-quoted = "second round"
search-eg-quoted-text = 这些词相邻出现，且完全一致。
search-eg-from = 来自:王小明
search-eg-from-text = 某人写的消息，可用姓名或邮件地址。自己的消息：来自:我
search-eg-has = 有:图片
search-eg-has-text = 带图片的消息。还有：有:文件、有:链接
search-eg-file = 文件:报价
search-eg-file-text = 带有该名称的文件的消息。
search-eg-in = 在:预算
search-eg-in-text = 只在主题包含该词的群组中查找。
search-eg-after = 之后:2026-11 之前:2026-12
search-eg-after-text = 从某天开始，或到某天之前。也可以只写月份或年份。
search-eg-on = 日期:昨天
search-eg-on-text = 某一天：也可以写 今天 或 2026-11-20。
search-none = 没有找到。
search-none-text = 请减少关键词，或只写词的开头。
search-everywhere = 在全部群组中搜索
search-found = 找到 { $n } 条消息
search-newest-found = 最新的 { $n } 条消息
search-more-found = 又找到 { $n } 条消息
search-older = 更早的结果
search-no-filter = “{ $typed }:”不是搜索条件，已作为关键词查找。可用的条件：来自、有、文件、在、日期、之前、之后。
search-no-value = “{ $filter }:”后面请直接写要找的内容，中间不要空格。
search-no-day = “{ $typed }”不是日期，已忽略。日期请写作 2026-11-20，月份写作 2026-11，或写 今天、昨天。
search-no-thing = 消息不能带有“{ $typed }”，已忽略。可以是文件、图片或链接。
search-no-tags = 还没有标签功能，已忽略该条件。
search-no-words = 其中没有文字或数字；符号不参与搜索。
search-no-group = 您的群组中没有主题包含该词的。
search-cut = 只搜索了前 { $n } 个字符。
search-too-many = 只使用了前 { $n } 个词和条件。
search-too-slow = 这次搜索耗时过长，已停止。请加上更少见的词、姓名，或时间范围，例如 之后:2026-11。
search-preparing = 较早的消息正在准备中，暂时还不能全部搜到。
problem-too-fast = 操作太快了。请稍等几秒再搜索。

## 文件
file = 文件
download = 下载
to-message = 查看消息
copy-digest = 复制摘要
file-goes-on = 这里只显示开头部分，下载文件可查看全部内容。
file-size = 大小
file-type = 类型
file-brought = 上传
file-used-in = 用于
files-kind = 类型
files-all = 全部类型
files-pictures = 图片
files-documents = 文档
files-recordings = 音频和视频
files-others = 其他
files-person = 人员
files-everybody = 所有人
files-since = 从
files-until = 到
files-show = 显示
files-none = 还没有文件。在消息或邮件中添加文件后，会保留在这个列表里。
files-none-such = 没有符合条件的文件，请换一个类型、人员或时间。
files-older = 更早的文件
upload-waits = 等待连接
problem-empty-file = 这个文件是空的。如果是文件夹，请先打包成一个文件。
problem-forbidden-file = 这里不接收 .{ $ending } 类型的文件，因为它可能作为程序运行。如需发送，请联系管理员。

## 通知
install-description = 从邮件会话到讨论，再从讨论回到邮件
qr-code = 二维码
qr-code-of = 链接的二维码
qr-code-lead = 其中只有本群组的链接，没有个人信息：只有成员可以进入。
