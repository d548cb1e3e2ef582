//! Texts about invitations: for administrators, and at the door.

crate::texts! {
    INVITATIONS: "Invitations", "邀请";
    INTRO: "A link by which people create an account and are in at once, also while registration is closed.", "对方通过链接即可注册并立即使用，关闭注册时同样有效。";
    INVITE: "Invite", "邀请";
    NEW: "Invite people", "邀请用户";
    ROLE: "They become", "对方的角色";
    USES: "For how many people", "可用人数";
    USES_RULE: "A whole number from 1 to 100.", "请输入 1 至 100 之间的整数。";
    DAYS: "Holds for days", "有效天数";
    DAYS_RULE: "A whole number from 1 to 30.", "请输入 1 至 30 之间的整数。";
    NOTE: "Note", "备注";
    NOTE_HINT: "Optional, only administrators see it.", "选填，仅管理员可见。";
    NOTE_RULE: "At most 100 characters.", "最多 100 个字符。";
    MAKE: "Make link", "生成链接";
    MADE_TITLE: "The invitation", "邀请链接";
    MADE_TEXT: "Send this link to whom you invite: it is shown this once. Whoever has it can use it.", "请将链接发给被邀请的人：链接只显示这一次，任何持有者都能使用。";
    BY: "Invitation by {name}", "“{name}”的邀请";
    CAME: "{uses} of {most} came", "已使用 {uses} 次，共 {most} 次";
    UNTIL: "holds until {date}", "有效期至 {date}";
    PEOPLE: "Came by it: {list}", "已加入：{list}";
    EXPIRED: "Expired", "已过期";
    USED_UP: "Used up", "已用完";
    REVOKED: "Revoked", "已撤销";
    VOID: "Void", "已失效";
    REVOKE: "Revoke", "撤销";
    REVOKE_NAMED: "Revoke: {name}", "撤销：{name}";
    REVOKE_DONE: "The invitation was revoked", "邀请已撤销";

    INVITED: "{name} invites you. You can start at once.", "“{name}”邀请你加入，注册后即可使用。";
    INVITED_ADMIN: "{name} invites you as an administrator. You can start at once.", "“{name}”邀请你担任管理员，注册后即可使用。";
}
