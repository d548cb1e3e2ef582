//! The words of what the audit log says changed: names of fields and values that are words of the API.

use crate::error::Language;

type Row = (&'static str, &'static str, &'static str);

/// Every field that is written down, on the wire and in both languages.
pub const FIELDS: &[Row] = &[
    ("access", "Access", "访问权限"),
    ("addresses", "Addresses", "允许的地址"),
    ("admin", "Administrators by claim", "管理员声明"),
    ("baseUrl", "Address", "接口地址"),
    ("bytes", "Bytes", "字节数"),
    ("changed", "Replaced", "已替换"),
    ("clientId", "Client ID", "客户端 ID"),
    ("clientSecret", "Client secret", "客户端密钥"),
    ("completion", "Gaps", "补全方式"),
    ("count", "Number", "数量"),
    ("creation", "Account creation", "账号创建"),
    ("currency", "Currency", "货币"),
    ("days", "Days", "天数"),
    ("enabled", "Enabled", "启用"),
    ("expiresAt", "Expires", "到期时间"),
    ("form", "Form", "形式"),
    ("interfaces", "For programs", "程序接口"),
    ("internalUrl", "Internal address", "内部地址"),
    ("invitation", "Invitation", "邀请"),
    ("issuer", "Issuer", "签发者"),
    ("keys", "Keys", "密钥数"),
    ("label", "Known as", "对方账号"),
    ("limit", "Limit", "上限"),
    ("limits", "Limits", "限额"),
    ("mediaType", "Type", "类型"),
    ("model", "Model", "模型"),
    ("models", "Models", "模型"),
    ("name", "Name", "名称"),
    ("overrides", "Set by hand", "手动设定"),
    ("person", "Person", "用户"),
    ("prefix", "Prefix", "前缀"),
    ("protocol", "Protocol", "协议"),
    ("ranking", "Rankings", "重排接口"),
    ("reason", "Reason", "原因"),
    ("removed", "Removed", "已删除"),
    ("role", "Role", "角色"),
    ("scopes", "Scopes", "权限范围"),
    ("sealed", "Sealed anew", "重新加密"),
    ("shown", "Shown", "显示"),
    ("since", "Since", "现在"),
    ("status", "Status", "状态"),
    ("stop", "Ends at", "停止词"),
    ("subject", "For", "对象"),
    ("template", "Template", "模板"),
    ("timeouts", "Time limits", "超时"),
    ("unit", "Counts", "单位"),
    ("uses", "Uses", "可用次数"),
    ("version", "Version", "版本"),
    ("way", "By", "方式"),
    ("window", "Per", "周期"),
];

/// Fields whose values are words of the API. What else is written down, people wrote themselves.
const WORDS: &[&str] =
    &["access", "changed", "creation", "currency", "role", "status", "subject", "unit", "way", "window"];

/// Those words.
const VALUES: &[Row] = &[
    ("active", "active", "正常"),
    ("admin", "administrator", "管理员"),
    ("admins", "administrators", "管理员"),
    ("cny", "CNY", "人民币"),
    ("code", "password and code", "密码和验证码"),
    ("day", "day", "每天"),
    ("disabled", "disabled", "已停用"),
    ("each", "each person", "每个人"),
    ("everybody", "everybody", "所有人"),
    ("everyone", "everybody together", "所有人合计"),
    ("headers", "headers", "请求头"),
    ("key", "key", "密钥"),
    ("money", "money", "金额"),
    ("month", "month", "每月"),
    ("off", "off", "关闭"),
    ("password", "password", "密码"),
    ("pending", "waiting for approval", "待审批"),
    ("person", "one person", "单个用户"),
    ("proxy", "proxy", "代理"),
    ("registration", "registration", "注册"),
    ("rejected", "rejected", "已拒绝"),
    ("requests", "requests", "请求数"),
    ("service", "sign-in service", "登录服务"),
    ("tokens", "tokens", "token 数"),
    ("total", "in total", "总计"),
    ("usd", "USD", "美元"),
    ("user", "user", "普通用户"),
];

/// A field as people read it; none for one that is not in the table.
#[must_use]
pub fn field(name: &str, language: Language) -> Option<&'static str> {
    find(FIELDS, name, language)
}

/// The value of a field as people read it; none where it is no word of the API.
#[must_use]
pub fn value(field: &str, word: &str, language: Language) -> Option<&'static str> {
    find(VALUES, word, language).filter(|_| WORDS.contains(&field))
}

fn find(table: &'static [Row], word: &str, language: Language) -> Option<&'static str> {
    let (_, en, zh) = table.iter().find(|(known, ..)| *known == word)?;
    Some(match language {
        Language::En => en,
        Language::ZhCn => zh,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_once_and_in_their_order() {
        for table in [FIELDS, VALUES] {
            assert!(table.is_sorted_by(|one, next| one.0 < next.0));
        }
        assert_eq!(field("role", Language::ZhCn), Some("角色"));
        assert_eq!(field("nothing", Language::En), None);
        assert_eq!(value("role", "user", Language::ZhCn), Some("普通用户"));
        assert_eq!(value("name", "user", Language::ZhCn), None, "somebody called it so");
        assert!(WORDS.iter().all(|word| field(word, Language::En).is_some()));
    }
}
