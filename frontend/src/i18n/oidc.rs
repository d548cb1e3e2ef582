//! Texts of signing in through other services: the buttons, the way back, links, and setting services up.

crate::texts! {
    CONTINUE: "Continue with {name}", "使用 {name} 登录";
    OR: "or", "或";
    RETURNING: "Signing you in", "正在登录";
    FAILED: "That did not work", "未能完成";
    BACK_TO_PROFILE: "Back to the profile", "返回个人资料";

    LINKED: "Linked services", "关联的登录服务";
    LINKED_TEXT: "Services that sign you in to this account.", "可用于登录此账号的服务。";
    LINK: "Link {name}", "关联 {name}";
    LINKED_DONE: "The service is linked", "已关联登录服务";
    UNLINK: "Take away", "解除";
    UNLINK_TITLE: "Take the link to {name} away?", "解除与“{name}”的关联？";
    UNLINK_TEXT: "Afterwards it no longer signs you in to this account.", "解除后将不能再用它登录此账号。";
    UNLINKED: "The link was taken away", "已解除关联";
    KNOWN_AS: "{label} · linked {date}", "{label} · {date} 关联";
    KNOWN_SINCE: "Linked {date}", "{date} 关联";

    SERVICES: "Sign-in services", "登录服务";
    SERVICES_TEXT: "People sign in through services that speak OpenID Connect, such as Casdoor or Keycloak.", "用户可通过支持 OpenID Connect 的服务登录，例如 Casdoor 或 Keycloak。";
    NONE: "No service is set up. People sign in with name and password.", "尚未设置登录服务，用户使用用户名和密码登录。";
    ADD: "Add a service", "添加登录服务";
    ADD_TEXT: "Register the address below with the service first.", "请先在该服务中登记下面的回调地址。";
    EDIT: "Edit", "编辑";
    EDIT_TITLE: "Edit {name}", "编辑“{name}”";
    CHECK: "Check", "检查";
    CHECK_GOOD: "The service answers, and its keys are usable.", "服务响应正常，密钥可用。";
    DELETE: "Delete", "删除";
    DELETE_TITLE: "Delete {name}?", "删除“{name}”？";
    DELETE_TEXT: "Nobody signs in through it any more. Whom it knows stays linked, in case you set it up again.", "用户将不能再通过它登录。已有关联会保留，重新设置后可继续使用。";
    DELETED: "The service was deleted", "登录服务已删除";
    SAVED: "The service was saved", "登录服务已保存";
    OFF: "Off", "已停用";
    ACTIONS: "Actions for {name}", "“{name}”的操作";

    NAME: "Name", "名称";
    NAME_HINT: "Shown on the button of the sign-in page.", "显示在登录页的按钮上。";
    ISSUER: "Issuer", "Issuer 地址";
    ISSUER_HINT: "The address that browsers reach, with https:// in front.", "浏览器可访问的地址，以 https:// 开头。";
    INTERNAL: "Internal address", "内部地址";
    INTERNAL_HINT: "Only where this server reaches the service at another address.", "仅当本服务器需用其他地址访问该服务时填写。";
    CLIENT: "Client ID", "客户端 ID";
    SECRET: "Client secret", "客户端密钥";
    SECRET_HINT: "Empty for a public client.", "公共客户端可留空。";
    SECRET_KEPT: "A secret is stored. Fill in to replace it.", "已保存密钥，填写后将替换。";
    SCOPES: "Scopes", "权限范围";
    SCOPES_HINT: "Separated by blanks.", "以空格分隔。";
    CREATION: "People whom nobody knows here", "首次登录的用户";
    CREATION_OFF: "stay outside", "不允许登录";
    CREATION_PENDING: "wait for approval", "等待审批";
    CREATION_ACTIVE: "get an account at once", "立即创建账号";
    ADMIN_CLAIM: "Claim that makes administrators", "决定管理员的声明";
    ADMIN_CLAIM_HINT: "Empty for none: then nobody becomes administrator by signing in.", "留空则不会因登录成为管理员。";
    ADMIN_VALUE: "Its value", "声明的值";
    ENABLED: "People may sign in through it", "允许用户通过它登录";
    REDIRECT: "Address to register with the service:", "需在该服务中登记的回调地址：";
    COPY_REDIRECT: "Copy address", "复制地址";
    FIELD_MISSING: "Fill this in.", "请填写此项。";
}
