### mailmoot 的全部中文文字。有测试保证各语言的条目一致。

## 通用
product = mailmoot
count-members = { $n } 位成员
count-mails = { $n } 封邮件
count-unread = { $n } 条未读消息
back = 返回
save = 保存
saved = 已保存
saving = 正在保存…
cancel = 取消
close = 关闭
more = 更多

## Configuration
config-wrong = { $name } 的值是“{ $value }”。应为：{ $expected }。
config-wrong-secret = { $name } 无法使用（其值不显示）。应为：{ $expected }。
config-missing = 未设置 { $name }。应为：{ $expected }。
config-unknown = mailmoot 没有 { $name } 这一设置。全部设置见 docs/ADMIN.md。
config-unknown-near = mailmoot 没有 { $name } 这一设置。是否想写 { $nearest }？
config-both = 同时设置了 { $name } 和 { $other }，请只保留一个。
config-unreadable = 无法读取 { $name }：{ $why }
config-expected-simple = 文本、整数、true 或 false，或者文本列表
config-expected-listen = IP 地址和端口，例如 127.0.0.1:8080 或 [::]:8080
config-expected-url = 用户输入的网页地址，例如 https://moot.corp.example
config-expected-folder = 文件夹的路径
config-expected-file = 文件的路径
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
group-new = 新群组
home-welcome = 欢迎使用 mailmoot
home-start = 发起群组
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
link-of-group = 本群组的链接，供成员使用：
older-messages = 更早的消息
newest-messages = 回到最新消息
new-messages = 有新消息
talk-start = 群组创建于
messages = 消息
unread-from-here = 以下为新消息

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
file-too-large = 文件太大，上限为 { $size }。
composer-hint = Enter 发送，Shift + Enter 换行
