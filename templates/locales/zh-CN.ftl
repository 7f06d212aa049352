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
