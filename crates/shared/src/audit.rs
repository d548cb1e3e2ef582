//! The audit log: who did what, on what, when and from where.

pub mod fields;

use crate::error::Language;
use crate::{ApiKeyId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $word:literal $en:literal $zh:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name {
            $(#[doc = $en] #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every one, in the order of the interface.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// On the wire and in the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// As people read it, in both languages.
            #[must_use]
            pub const fn texts(self) -> (&'static str, &'static str) {
                match self { $(Self::$variant => ($en, $zh),)* }
            }

            /// As people read it.
            #[must_use]
            pub const fn name(self, language: Language) -> &'static str {
                match language {
                    Language::En => self.texts().0,
                    Language::ZhCn => self.texts().1,
                }
            }

            /// The one with this word.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().find(|known| known.as_str() == word).copied()
            }
        }
    };
}

pub(crate) use words;

words! {
    /// What somebody did. The list is closed: whatever is written down is one of these.
    Act {
        SettingChanged "setting.changed" "Setting changed" "修改设置";
        PersonRegistered "person.registered" "Registered" "注册账号";
        PersonCreated "person.created" "Person added" "添加用户";
        PersonApproved "person.approved" "Person approved" "批准用户";
        PersonRejected "person.rejected" "Person rejected" "拒绝用户";
        PersonDisabled "person.disabled" "Person disabled" "停用用户";
        PersonEnabled "person.enabled" "Person enabled" "启用用户";
        RoleChanged "person.role_changed" "Role changed" "修改角色";
        PersonRenamed "person.renamed" "User name changed" "修改用户名";
        PersonDeleted "person.deleted" "Person deleted" "删除用户";
        AccountDeleted "account.deleted" "Own account deleted" "删除自己的账号";
        DataExported "account.exported" "Own data taken along" "导出自己的数据";
        InvitationCreated "invitation.created" "Invitation made" "创建邀请";
        InvitationRevoked "invitation.revoked" "Invitation revoked" "撤销邀请";
        PasswordReset "person.password_reset" "Password reset" "重置密码";
        PasswordChanged "password.changed" "Own password changed" "修改自己的密码";
        SecondFactorSet "second_factor.set" "Second factor set up" "设置两步验证";
        SecondFactorRemoved "second_factor.removed" "Second factor removed" "移除两步验证";
        RecoveryCodesMade "recovery_codes.made" "Recovery codes made anew" "重新生成恢复码";
        IdentityLinked "identity.linked" "Sign-in service linked" "关联登录服务";
        IdentityUnlinked "identity.unlinked" "Sign-in service unlinked" "解除登录服务关联";
        ProviderCreated "provider.created" "Sign-in service added" "添加登录服务";
        ProviderChanged "provider.changed" "Sign-in service changed" "修改登录服务";
        ProviderRemoved "provider.removed" "Sign-in service removed" "移除登录服务";
        SignedIn "login.begun" "Signed in" "登录";
        LoginStolen "login.reused" "Login ended, as its token was used twice" "令牌被重复使用，已结束登录";
        LoginEnded "login.ended" "Login ended" "结束登录";
        LoginsEnded "logins.ended" "All logins ended" "结束所有登录";
        LockedOut "sign_in.locked_out" "Sign-in refused after too many tries" "多次失败后拒绝登录";
        KeyCreated "key.created" "API key made" "创建 API 密钥";
        KeyChanged "key.changed" "API key changed" "修改 API 密钥";
        KeyRevoked "key.revoked" "API key revoked" "吊销 API 密钥";
        ConnectionCreated "connection.created" "Connection added" "添加连接";
        ConnectionChanged "connection.changed" "Connection changed" "修改连接";
        ConnectionDeleted "connection.deleted" "Connection deleted" "删除连接";
        ModelChanged "model.changed" "Model changed" "修改模型";
        BudgetCreated "budget.created" "Budget made" "新建额度";
        BudgetChanged "budget.changed" "Budget changed" "修改额度";
        BudgetRemoved "budget.removed" "Budget removed" "移除额度";
        SecretsRotated "secrets.rotated" "Master key replaced" "更换主密钥";
        TracesCleaned "traces.cleaned" "Task traces removed" "清理任务追踪";
    }
}

words! {
    /// What something was done to.
    ThingKind {
        Setting "setting" "Setting" "设置";
        Person "person" "Person" "用户";
        Provider "provider" "Sign-in service" "登录服务";
        Invitation "invitation" "Invitation" "邀请";
        Login "login" "Login" "登录";
        Key "key" "API key" "API 密钥";
        Connection "connection" "Connection" "连接";
        Model "model" "Model" "模型";
        Budget "budget" "Budget" "额度";
    }
}

/// Something that was acted on. Its name is the one of that moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Thing {
    /// What it is.
    pub kind: ThingKind,
    /// Its id, or the key of a setting.
    pub id: String,
    /// What it was called; empty where nothing has a name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// Who acted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditPerson {
    /// The person.
    pub id: UserId,
    /// What they were called.
    pub name: String,
}

/// The key by which a program acted for its person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditKey {
    /// The key.
    pub id: ApiKeyId,
    /// What it was called.
    pub name: String,
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Its id; later entries have greater ones.
    pub id: String,
    /// When.
    pub at: String,
    /// What was done.
    pub act: Act,
    /// Who did it; none for strangers, and for the command line of the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<AuditPerson>,
    /// The key that stood for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<AuditKey>,
    /// What it was done to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Thing>,
    /// Where they called from; none for the command line of the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// By what: "Firefox · Windows", "curl".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// What it was before, as far as it changed. No secret stands here, at most that one changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What it is since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// Query of `GET /api/audit`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuditQuery {
    /// The id of a person, or a part of their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Act>,
    /// The id of what it was done to, or a part of its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The first moment, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The moment before which, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Cursor from the previous page's `next`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Entries wanted, from 1 to [`crate::limits::MAX_PAGE`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}
