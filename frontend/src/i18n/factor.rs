//! Texts of the second factor: setting it up, showing codes, recovery codes, taking it away.

crate::texts! {
    FACTOR: "Second factor", "两步验证";
    FACTOR_TEXT: "An authenticator app on your phone shows a code that is asked for after the password.", "登录时，输入密码后还需输入手机验证器应用显示的验证码。";
    SET_UP: "Set up", "设置";
    SET_UP_TITLE: "Set up a second factor", "设置两步验证";
    SET_UP_REQUIRED: "Your administrator asks for a second factor. Set it up to go on.", "管理员要求启用两步验证，设置后即可继续。";
    SCAN: "Scan this with an authenticator app, then enter the code that it shows.", "用验证器应用扫描二维码，然后输入应用显示的验证码。";
    QR: "QR code for an authenticator app", "供验证器应用扫描的二维码";
    SECRET: "Cannot scan? Type this key into the app:", "无法扫描？请在应用中手动输入此密钥：";
    COPY_SECRET: "Copy key", "复制密钥";
    CODE: "Code", "验证码";
    CODE_MISSING: "Enter the code.", "请输入验证码。";
    CONFIRM: "Confirm", "确认";
    OPEN_APP: "Open in an app on this device", "在本设备的应用中打开";
    MADE: "The second factor is set up", "两步验证已启用";
    CODES_TITLE: "Recovery codes", "恢复码";
    CODES_TEXT: "Keep these where you find them without your phone. Each signs you in once in place of a code, and they are shown this once.", "请妥善保存在手机以外的地方。每个恢复码可代替验证码登录一次，且只显示这一次。";
    SINCE: "Since {date}. {count} recovery {count?code|codes} left.", "{date} 启用，剩余 {count} 个恢复码。";
    NEW_CODES: "New recovery codes", "重新生成恢复码";
    NEW_CODES_TEXT: "The old ones are worth nothing afterwards.", "生成后，旧的恢复码将失效。";
    TURN_OFF: "Turn off", "停用";
    TURN_OFF_TITLE: "Turn off the second factor?", "停用两步验证？";
    TURN_OFF_TEXT: "Afterwards the password alone signs you in.", "停用后，仅凭密码即可登录。";
    TURNED_OFF: "The second factor is turned off", "两步验证已停用";
    CODE_OR_RECOVERY: "Code or recovery code", "验证码或恢复码";

    ENTER_TITLE: "Enter a code", "输入验证码";
    ENTER_TEXT: "Your authenticator app shows it. A recovery code works too.", "请输入验证器应用显示的验证码，也可使用恢复码。";
    OTHER_ACCOUNT: "Sign in as somebody else", "使用其他账号登录";

    TAKE: "Take away second factor", "移除两步验证";
    TAKE_TITLE: "Take the second factor of {name} away?", "移除“{name}”的两步验证？";
    TAKE_TEXT: "For somebody who lost their phone: afterwards the password alone signs them in, and they can set up another one.", "适用于对方丢失手机的情况：移除后仅凭密码即可登录，对方可以重新设置。";
    TAKEN: "{name} signs in with the password alone now", "“{name}”现在仅凭密码即可登录";
}
