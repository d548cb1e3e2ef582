//! Every variable of the product in one table: its names, its default, what it means in both languages, whether it may
//! be read from a file, and which of the two images reads it.
//!
//! `.env.example`, `docs/environment.md` and its Chinese twin are compared with it by tests. It reads no value itself.

use shared::error::Language;

/// A variable that an operator may set.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Other names it is known by, weaker ones last.
    pub aliases: &'static [&'static str],
    /// Its value when nobody says anything; empty when there is none.
    pub default: &'static str,
    /// How much of a value may be shown.
    pub kind: Kind,
    /// Who reads it.
    pub image: Image,
    /// Where it stands in the documentation.
    pub group: Group,
    en: &'static str,
    zh: &'static str,
}

/// How much of a value may be shown, and whether it may stand in a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All of it.
    Plain,
    /// A URL: all but what could be a password. `NAME_FILE` and `/etc/secrets/NAME` work.
    Url,
    /// Origins, which have no password: should one stand there all the same, it is not shown.
    Origin,
    /// Nothing but length and fingerprint. `NAME_FILE` and `/etc/secrets/NAME` work.
    Secret,
    /// All of it, and it changes nothing: accepted so that the texts of older installations start.
    Unused,
}

/// One of the two images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Image {
    /// The server, also as a bare binary.
    Backend,
    /// The edge with the web client.
    Frontend,
}

macro_rules! groups {
    ($($variant:ident $en:literal $zh:literal;)*) => {
        /// Variables that belong together.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Group {
            $(#[doc = $en] $variant,)*
        }

        impl Group {
            /// Every group in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its heading.
            #[must_use]
            pub fn title(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$variant, Language::En) => $en, (Self::$variant, Language::ZhCn) => $zh,)*
                }
            }
        }
    };
}

groups! {
    Listening "Where it listens" "监听与访问地址";
    Data "Where the data is" "数据存放";
    Secrets "Secrets" "密钥";
    People "People" "用户";
    Models "Models" "模型";
    Browsers "Other websites that call the API" "其他网站调用 API";
    Log "Log" "日志";
    Edge "The frontend image" "前端镜像";
}

macro_rules! variables {
    ($($name:ident $([$($alias:literal)*])? $kind:ident $image:ident $group:ident $default:literal
        en: $en:literal;
        zh: $zh:literal;)*) => {
        $(
            #[doc = $en]
            pub const $name: Variable = Variable {
                name: stringify!($name), aliases: &[$($($alias,)*)?], default: $default, kind: Kind::$kind,
                image: Image::$image, group: Group::$group, en: $en, zh: $zh,
            };
        )*

        /// The table, in the order of the documentation.
        pub const TABLE: &[Variable] = &[$($name,)*];
    };
}

variables! {
    HOST Plain Backend Listening "127.0.0.1"
        en: "Address or name to listen on: `127.0.0.1` for this machine alone, `0.0.0.0` for everybody. Where a platform sets `PORT` in the environment, and in the image, the default is `0.0.0.0`.";
        zh: "监听地址：`127.0.0.1` 仅本机可访问，`0.0.0.0` 对所有机器开放。平台在环境变量中设置了 `PORT` 时，以及在镜像中，默认值为 `0.0.0.0`。";
    PORT Plain Backend Listening "8001"
        en: "Port to listen on; `0` takes a free one.";
        zh: "监听端口；`0` 表示自动选择空闲端口。";
    PUBLIC_URL Origin Backend Listening ""
        en: "The address people use, scheme and name, without a path, such as `https://chat.example.com`. Without it the address of each request counts, as far as trusted proxies tell it.";
        zh: "用户实际访问的地址（协议加域名，不带路径），例如 `https://chat.example.com`。不设置时，以可信代理告知的每个请求的地址为准。";
    RENDER_EXTERNAL_URL Origin Backend Listening ""
        en: "Set by Render; used where `PUBLIC_URL` is not set.";
        zh: "由 Render 平台设置；未设置 `PUBLIC_URL` 时使用它。";
    RENDER Plain Backend Listening ""
        en: "Set by Render; tells the server that it runs in a container, where an address of its own machine is of no use.";
        zh: "由 Render 平台设置；表示运行在容器中，此时监听本机地址没有意义。";
    TRUSTED_PROXIES Plain Backend Listening "loopback,private"
        en: "Whose `X-Forwarded-For`, `-Proto` and `-Host` headers are believed: addresses, networks such as `10.0.0.0/8`, and the words `loopback`, `private`, `none`, separated by commas. Name your proxy alone where others reach the server from a private network.";
        zh: "信任哪些来源的 `X-Forwarded-For`、`-Proto`、`-Host` 请求头：IP 地址、网段（如 `10.0.0.0/8`），或 `loopback`、`private`、`none`，以逗号分隔。如果内网中还有其他人能直接访问服务器，请只填写你的代理地址。";

    DATA_DIR Plain Backend Data "./data"
        en: "Folder of the database, the generated secrets and the files.";
        zh: "数据库、自动生成的密钥和文件所在的目录。";
    DATABASE_URL Url Backend Data ""
        en: "`file:PATH` for SQLite, or `postgres://USER:PASSWORD@HOST/NAME`. Without it `aichat.db` in the data folder.";
        zh: "SQLite 用 `file:路径`，PostgreSQL 用 `postgres://用户:密码@主机/库名`。不设置时使用数据目录中的 `aichat.db`。";
    CHAT_IMAGE_DIR Plain Backend Data ""
        en: "Folder of the pictures in chats and of faces. Without it `images` in the data folder. In a container it must be in a volume; several servers on one database share it.";
        zh: "聊天图片和头像的目录。不设置时使用数据目录中的 `images`。在容器中必须位于数据卷内；多台服务器共用一个数据库时，也要共用此目录。";
    DB_INIT_ON_START Unused Backend Data ""
        en: "Accepted for older installations and without effect: tables and first values always make themselves.";
        zh: "为兼容旧安装而接受，没有作用：数据表和初始数据总是自动创建。";
    RUN_AS Plain Backend Data ""
        en: "User and group to become when started as root, `UID:GID`; the folders of data, pictures and log are given to them first. The backend image sets `65532:65532` but starts as that user: a volume which belongs to root is repaired with `user: root` and the `cap_add` that the compose files offer in a comment.";
        zh: "以 root 启动时切换到的用户和组（`UID:GID`），并先把数据、图片和日志目录交给它们。后端镜像已设置为 `65532:65532`，但默认就以该用户启动：数据卷属于 root 时，启用编排文件注释中的 `user: root` 和 `cap_add` 即可修复。";

    JWT_SECRET ["SECRET_KEY"] Secret Backend Secrets ""
        en: "Signs access tokens; at least 32 bytes. A missing, short or copied value is replaced by a random one that is kept in the data folder. A new value ends all access tokens; browsers renew theirs by themselves. Several servers on one database need the same one.";
        zh: "用于签发访问令牌，至少 32 字节。缺失、过短或照抄示例的值会被替换为随机值并保存在数据目录中。更换后已签发的访问令牌失效，浏览器会自动续期。多台服务器共用一个数据库时必须相同。";
    MASTER_KEY Secret Backend Secrets ""
        en: "Seals stored API keys; replaced like `JWT_SECRET`. Keep it: what was sealed with a lost key cannot be opened again.";
        zh: "用于加密保存的 API 密钥，替换规则与 `JWT_SECRET` 相同。请妥善保管：丢失后，用它加密的内容无法恢复。";

    MASTER_KEY_OLD Secret Backend Secrets ""
        en: "The `MASTER_KEY` of before, while a new one takes its place: what it sealed stays readable. `aichat secrets rotate` seals everything with the new one; remove this variable then.";
        zh: "更换 `MASTER_KEY` 期间填写旧的密钥，用它加密的内容仍可读取。运行 `aichat secrets rotate` 用新密钥重新加密全部内容后，即可移除此变量。";

    ACCESS_TOKEN_EXPIRE_MINUTES Plain Backend People ""
        en: "Minutes until an access token has to be refreshed, which browsers do by themselves. Fixes the setting of that name; without it administrators choose, and 15 minutes is the default.";
        zh: "访问令牌的有效分钟数；浏览器会自动续期。设置后，网页中的同名设置不可修改；不设置时由管理员决定，默认为 15 分钟。";
    DEFAULT_REGISTRATION_ENABLED Plain Backend People ""
        en: "First value of the setting that lets strangers register (`true` or `false`). The first account is taken in any case and becomes the administrator; later ones wait for approval.";
        zh: "“允许注册”设置的初始值（`true` 或 `false`）。第一个账号总是可以注册并成为管理员，之后的账号需要审批。";

    DEFAULT_CONTEXT_TOKEN_LIMIT Plain Backend Models ""
        en: "First value of the setting that says how many tokens a model reads when it does not say so itself.";
        zh: "模型未声明上下文长度时使用的 token 数，此处为该设置的初始值。";
    LLM_API_URL Url Backend Models ""
        en: "One connection that cannot be edited in the browser: the base URL of an OpenAI-compatible endpoint, such as `https://api.openai.com/v1`.";
        zh: "一个不能在网页中修改的连接：OpenAI 兼容接口的地址，例如 `https://api.openai.com/v1`。";
    LLM_MODEL Plain Backend Models ""
        en: "Its models, separated by commas. Without it the endpoint's own list is used.";
        zh: "该连接的模型，以逗号分隔。不设置时使用接口返回的模型列表。";
    LLM_API_KEY Secret Backend Models ""
        en: "Its API key.";
        zh: "该连接的 API 密钥。";
    PRESET_MODELS Secret Backend Models ""
        en: "More such connections, as a JSON list of `{name, url, key, models, protocol}`; the last one is `openai_chat` (the default), `openai_responses`, `azure_openai`, `anthropic`, `gemini` or `ollama`.";
        zh: "更多此类连接：`{name, url, key, models, protocol}` 组成的 JSON 列表；最后一项可以是 `openai_chat`（默认）、`openai_responses`、`azure_openai`、`anthropic`、`gemini` 或 `ollama`。";
    HTTPS_PROXY ["https_proxy"] Url Backend Models ""
        en: "Proxy for requests to providers, `https` and `http` alike, such as `http://127.0.0.1:7890`.";
        zh: "访问模型服务商时使用的代理（`https` 和 `http` 地址都走它），例如 `http://127.0.0.1:7890`。";
    NO_PROXY ["no_proxy"] Plain Backend Models ""
        en: "More hosts that the proxy is not used for, separated by commas. Never used for: this machine, private addresses, names without a dot such as `ollama`, and names below `.internal`, `.local`, `.lan` and `.home.arpa`.";
        zh: "另外不走代理的主机，以逗号分隔。始终不走代理的有：本机、内网地址、不带点的名称（如 `ollama`），以及 `.internal`、`.local`、`.lan`、`.home.arpa` 结尾的名称。";

    ENABLE_CORS Plain Backend Browsers "false"
        en: "Whether pages of the origins in `CORS_ORIGIN` may call the API with a bearer token. AIChat's own pages never need it.";
        zh: "是否允许 `CORS_ORIGIN` 中的网站使用 Bearer 令牌调用 API。AIChat 自己的页面不需要开启。";
    CORS_ORIGIN Origin Backend Browsers ""
        en: "Those origins, scheme and host and port without a path, separated by commas. Cookies never count from there.";
        zh: "允许的来源（协议、主机和端口，不带路径），以逗号分隔。来自这些网站的 Cookie 始终无效。";

    LOG_LEVEL Plain Backend Log "info"
        en: "`error`, `warn`, `info`, `debug` or `trace`. Fixes the setting of that name; without it administrators choose while the server runs, and `info` is the default.";
        zh: "日志级别：`error`、`warn`、`info`、`debug` 或 `trace`。设置后，网页中的同名设置不可修改；不设置时管理员可随时调整，默认为 `info`。";
    LOG_FORMAT Plain Backend Log "text"
        en: "`text` for people or `json` for programs: then every line is an object, and the first one describes the server.";
        zh: "`text` 便于阅读，`json` 便于程序处理：每行一个对象，第一行是服务器信息。";
    LOG_DIR Plain Backend Log ""
        en: "Folder that gets the log as well, without the banner, in one file a day and a further one after every 32 MiB; the last 14 files are kept.";
        zh: "日志（不含启动信息）同时写入此目录，每天一个文件，超过 32 MiB 时另起一个，保留最近 14 个文件。";
    METRICS_TOKEN Secret Backend Log ""
        en: "Switches on `GET /metrics` for Prometheus, for whoever sends this as a bearer token; at least 16 bytes. Without it administrators may switch metrics on for their API keys.";
        zh: "开启供 Prometheus 抓取的 `GET /metrics`，请求须以 Bearer 令牌携带此值，至少 16 字节。不设置时，管理员可以在网页中开启，并用 API 密钥访问。";
    TZ Plain Backend Models ""
        en: "Time zone, such as `Asia/Shanghai`, of the dates and times that instructions with `{{date}}`, `{{time}}` or `{{weekday}}` give to models. The machine's own by default. The log stays in UTC, and browsers show the time of their own place.";
        zh: "时区，例如 `Asia/Shanghai`：提示词中的 `{{date}}`、`{{time}}`、`{{weekday}}` 按此时区告知模型，默认为本机时区。日志仍使用 UTC，网页按浏览器所在时区显示时间。";

    SITE_ADDRESS Plain Frontend Edge ":3000"
        en: "Where the edge listens: `:3000`, `http://IP:PORT`, or a domain, for which it fetches certificates by itself.";
        zh: "前端监听地址：`:3000`、`http://IP:端口`，或域名（自动申请证书）。";
    BACKEND_HOST Plain Frontend Edge "127.0.0.1"
        en: "Name or address of the backend; in the compose files `backend`.";
        zh: "后端的主机名或地址；compose 文件中为 `backend`。";
    BACKEND_INTERNAL_PORT Plain Frontend Edge "8001"
        en: "Port of the backend, as seen from the edge.";
        zh: "从前端看到的后端端口。";
    EDGE_TRUSTED_PROXIES Plain Frontend Edge "private_ranges"
        en: "Whose `X-Forwarded-*` headers the edge passes on: networks, separated by spaces.";
        zh: "前端信任哪些来源的 `X-Forwarded-*` 请求头：网段，以空格分隔。";
}

impl Variable {
    /// What it means.
    #[must_use]
    pub fn meaning(&self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::ZhCn => self.zh,
        }
    }

    /// All its names, the strongest first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// Whether `NAME_FILE` and a file of that name among the platform's secrets are looked at.
    #[must_use]
    pub fn may_be_a_file(&self) -> bool {
        matches!(self.kind, Kind::Url | Kind::Secret)
    }
}
