//! Texts of the door: sign in, register, wait.

crate::texts! {
    SIGN_IN: "Sign in", "登录";
    SIGN_IN_TO: "Sign in to {brand}", "登录 {brand}";
    SIGN_OUT: "Sign out", "退出登录";
    REGISTER: "Create account", "注册";
    REGISTER_TO: "Create an account", "注册账号";
    SETUP: "Set up {brand}", "设置 {brand}";
    SETUP_TEXT: "Nobody has an account here yet. The first one becomes the administrator.", "这里还没有账号。第一个注册的账号将成为管理员。";
    APPROVAL_TEXT: "An administrator approves new accounts before they can be used.", "新账号需要管理员批准后才能使用。";
    USERNAME: "User name", "用户名";
    PASSWORD: "Password", "密码";
    USERNAME_RULE: "2 to 64 characters", "2 至 64 个字符";
    PASSWORD_RULE: "At least 8 characters", "至少 8 个字符";
    USERNAME_MISSING: "Enter your user name.", "请输入用户名。";
    PASSWORD_MISSING: "Enter your password.", "请输入密码。";
    USERNAME_LENGTH: "A user name has 2 to 64 characters.", "用户名应为 2 至 64 个字符。";
    PASSWORD_SHORT: "A password has at least 8 characters.", "密码至少 8 个字符。";
    PASSWORD_LONG: "A password has at most 72 bytes: 72 Latin letters or 24 Chinese characters.", "密码最长 72 字节，即 72 个英文字母或 24 个汉字。";
    NO_ACCOUNT: "No account yet?", "还没有账号？";
    HAVE_ACCOUNT: "Already have an account?", "已有账号？";
    PENDING_TITLE: "Waiting for approval", "等待审批";
    PENDING_TEXT: "Your account was created. An administrator has to approve it; then you can sign in.", "账号已创建。管理员批准后，你就可以登录。";
    REJECTED_TITLE: "Not approved", "未获批准";
    DISABLED_TITLE: "Account disabled", "账号已停用";
    BACK_TO_SIGN_IN: "Back to sign in", "返回登录";
}
