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
