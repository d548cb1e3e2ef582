//! Texts about people and their logins: finding and adding people, reasons, given passwords, devices.

crate::texts! {
    FIND: "Find people", "查找用户";
    STATUS: "Status", "状态";
    EVERYBODY: "Everybody", "全部";
    WAITING: "Waiting", "待审批";
    ACTIVE: "Active", "正常";
    OUT: "Disabled", "已停用";
    NONE_FOUND: "Nobody fits the search.", "没有符合条件的用户。";
    SHOW_ALL: "Show everybody", "显示全部用户";

    ADD: "Add a person", "添加用户";
    ADD_TEXT: "They can sign in at once, and choose a password of their own first.", "对方可以立即登录，首次登录时需设置自己的密码。";
    NAME: "User name", "用户名";
    ROLE: "Role", "角色";
    GIVEN_TITLE: "Password of {name}", "“{name}”的密码";
    GIVEN_TEXT: "Hand it over now: it is shown this once, and replaced at the first sign-in.", "请立即转交：密码只显示这一次，对方首次登录时会更换。";
    DONE: "Done", "完成";

    REASON: "Reason", "原因";
    REASON_HINT: "Optional, told to the person. At most 200 characters.", "选填，会告知对方，最多 200 个字符。";
    REASON_LONG: "A reason has at most 200 characters.", "原因最多 200 个字符。";
    REASON_GIVEN: "Reason: {reason}", "原因：{reason}";

    RENAME: "Change user name", "修改用户名";
    RENAME_TITLE: "Change the user name of {name}?", "修改“{name}”的用户名？";
    RENAME_TEXT: "They sign in with the new name from now on. Their logins, chats and keys stay.", "对方此后使用新名称登录，现有登录、对话和密钥不受影响。";
    RENAMED: "{name} has another user name", "已修改“{name}”的用户名";
    RESET: "Reset password", "重置密码";
    RESET_TITLE: "Reset the password of {name}?", "重置“{name}”的密码？";
    RESET_TEXT: "They get a new password, which is shown to you once. They are signed out everywhere, and all their API keys are revoked.", "系统会生成新密码，只向你显示一次。对方会在所有设备上退出登录，其 API 密钥会全部吊销。";
    RESET_DONE: "{name} has a new password", "已重置“{name}”的密码";
    END_ALL: "End all logins", "结束所有登录";
    END_ALL_TITLE: "End all logins of {name}?", "结束“{name}”的所有登录？";
    END_ALL_TEXT: "They are signed out everywhere and can sign in again.", "对方会在所有设备上退出登录，之后可以重新登录。";
    END_ALL_DONE: "{name} is signed out everywhere", "“{name}”已在所有设备上退出登录";

    KEYS: "API keys", "API 密钥";
    KEYS_OF: "API keys of {name}", "“{name}”的 API 密钥";
    KEYS_TEXT: "What their programs show in place of a password. You can revoke each; changing one is up to its owner.", "对方的程序用来代替密码的凭据。你可以逐个吊销，修改只能由本人进行。";
    KEYS_NONE: "This person has no keys.", "该用户没有密钥。";

    DEVICES: "Devices", "登录设备";
    DEVICES_TEXT: "Where you are signed in. End what you do not know, and change your password.", "你已登录的设备。如有陌生设备，请结束其登录并修改密码。";
    UNKNOWN: "Unknown device", "未知设备";
    THIS_DEVICE: "This device", "本设备";
    IN_USE: "In use now", "正在使用";
    LAST_USED: "Last used {ago}", "最近使用：{ago}";
    END: "End", "结束";
    END_NAMED: "End the login of {device}", "结束 {device} 的登录";
    ENDED: "The login was ended", "登录已结束";
    END_OTHERS: "End all others", "结束其他所有登录";
    END_OTHERS_TITLE: "End all other logins?", "结束其他所有登录？";
    END_OTHERS_TEXT: "Every other device is signed out. This one stays.", "其他设备都会退出登录，本设备不受影响。";
    OTHERS_ENDED: "All other logins were ended", "其他登录均已结束";

    REPLACE: "Choose a password of your own", "设置你自己的密码";
    REPLACE_TEXT: "An administrator gave you the present one. Replace it to go on.", "当前密码由管理员提供，更换后即可继续。";
    REPLACE_CURRENT: "Password you were given", "管理员提供的密码";
}
