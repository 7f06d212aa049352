### Everything mailmoot says in English. A test keeps the keys equal to those of the other languages.

## Everywhere
product = mailmoot
count-members = { $n ->
    [one] { $n } member
   *[other] { $n } members
}
count-mails = { $n ->
    [one] { $n } mail
   *[other] { $n } mails
}
count-unread = { $n ->
    [one] { $n } unread message
   *[other] { $n } unread messages
}
back = Back
save = Save
saved = Saved
saving = Saving…
cancel = Cancel
close = Close
more = More
