//! What `aichat doctor` may find: one table of codes with how bad each is, what it means and what to do, in both
//! languages. Faults of connections are not here: they have the codes of the API.

use super::report::State;
use shared::error::{Language, Params, fill};

macro_rules! codes {
    ($($variant:ident $state:ident $code:literal
        en: $en:literal, $en_remedy:literal;
        zh: $zh:literal, $zh_remedy:literal;)*) => {
        /// What was found. The variant's words are the table below.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = concat!("`", $code, "`: ", $en)] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            fn row(self) -> &'static Row {
                match self { $(Self::$variant => {
                    const ROW: Row = Row {
                        code: $code, state: State::$state, en: ($en, $en_remedy), zh: ($zh, $zh_remedy),
                    };
                    &ROW
                })* }
            }
        }
    };
}

struct Row {
    code: &'static str,
    state: State,
    en: (&'static str, &'static str),
    zh: (&'static str, &'static str),
}

codes! {
    DataOk Ok "data.ok"
        en: "{path} can be written; {free} are free.", "";
        zh: "{path} 可以写入，剩余 {free}。", "";
    DataAbsent Ok "data.absent"
        en: "{path} does not exist yet; the first start makes it.", "";
        zh: "{path} 还不存在，首次启动时会创建。", "";
    DataNotWritable Fail "data.not_writable"
        en: "{path} cannot be written: {detail}. It belongs to {owner}, and this process runs as {ours}.", "If the server runs as another user, look as that user (systemd: sudo /usr/local/bin/aichat-ctl doctor). Else run as root: {command} (in Docker: {docker}).";
        zh: "{path} 无法写入：{detail}。它属于 {owner}，而本进程以 {ours} 运行。", "如果服务以其他用户运行，请以该用户检查（systemd：sudo /usr/local/bin/aichat-ctl doctor）；否则请以 root 执行：{command}（Docker 中：{docker}）。";
    DataFull Fail "data.full"
        en: "Only {free} are free in {path}.", "Free some space: new messages could not be saved.";
        zh: "{path} 仅剩 {free}。", "请清理磁盘，否则新消息无法保存。";
    DataLowSpace Warn "data.low_space"
        en: "Only {free} are free in {path}.", "Free some space before it runs out.";
        zh: "{path} 仅剩 {free}。", "请尽快清理磁盘。";
    DataEphemeral Warn "data.ephemeral"
        en: "{path} is part of the container and is lost with it.", "Mount a volume there.";
        zh: "{path} 位于容器自身的文件层，删除容器时数据会丢失。", "请在该路径挂载数据卷。";
    DataInMemory Warn "data.in_memory"
        en: "{path} is in memory (tmpfs) and is lost at the next start of the machine or container.", "Mount a volume there, or choose another folder with DATA_DIR.";
        zh: "{path} 位于内存（tmpfs），机器或容器重启后数据会丢失。", "请在该路径挂载数据卷，或用 DATA_DIR 指定其他目录。";
    DataOpenToOthers Warn "data.open_to_others"
        en: "Everybody on this machine may write {path} (mode {mode}).", "Run: chmod o-w {path}";
        zh: "本机所有用户都可以写入 {path}（权限 {mode}）。", "请执行：chmod o-w {path}";

    FilesNotWritable Fail "files.not_writable"
        en: "{path} cannot be written: {detail}. Files that belong there cannot be attached. It belongs to {owner}, and this process runs as {ours}.", "If the server runs as another user, look as that user (systemd: sudo /usr/local/bin/aichat-ctl doctor). Else run as root: {command} (in Docker: {docker}).";
        zh: "{path} 无法写入：{detail}。属于该目录的文件无法上传。它属于 {owner}，而本进程以 {ours} 运行。", "如果服务以其他用户运行，请以该用户检查（systemd：sudo /usr/local/bin/aichat-ctl doctor）；否则请以 root 执行：{command}（Docker 中：{docker}）。";
    FilesForeign Fail "files.foreign"
        en: "{path} belongs to another installation; this one neither puts files there nor removes any.", "Give each installation a folder of its own (DATA_DIR, CHAT_IMAGE_DIR). If the other one is gone for good, remove {badge}.";
        zh: "{path} 属于另一个安装实例，本实例不会在其中保存或删除文件。", "请为每个实例指定自己的目录（DATA_DIR、CHAT_IMAGE_DIR）；如果另一个实例已永久停用，请删除 {badge}。";

    DataSkipped Warn "data.skipped"
        en: "Database, secrets, the way in and connections were not looked at: they need the data directory.", "Follow the line above first, then run `aichat doctor` again.";
        zh: "数据库、密钥、外部访问和模型连接都依赖数据目录，没有检查。", "请先按上面的提示处理，再运行 `aichat doctor`。";

    DatabaseOk Ok "database.ok"
        en: "{name} answers, schema {schema}; its pages are in order.", "";
        zh: "{name} 正常，结构版本 {schema}，数据页完好。", "";
    DatabaseUnchecked Ok "database.unchecked"
        en: "{name} answers, schema {schema}; it is too large to check every page in {seconds} s, and nothing wrong was seen.", "";
        zh: "{name} 正常，结构版本 {schema}；数据库较大，{seconds} 秒内未能检查全部数据页，未发现问题。", "";
    DatabaseAbsent Ok "database.absent"
        en: "{name} does not exist yet; the first start makes it.", "";
        zh: "{name} 还不存在，首次启动时会创建。", "";
    DatabaseOlder Ok "database.older"
        en: "{name} has schema {schema}; the next start brings it to {wanted}.", "";
        zh: "{name} 的结构版本为 {schema}，下次启动时升级到 {wanted}。", "";
    DatabaseBeside Warn "database.beside"
        en: "{old} is the database of the older AIChat (Prisma) and is left untouched; the data of this one is in {name}.", "Set DATABASE_URL=file:{name}, and keep the old file for as long as you want its contents.";
        zh: "{old} 是旧版 AIChat（Prisma）的数据库，未做任何改动；新版的数据保存在 {name}。", "请设置 DATABASE_URL=file:{name}，旧文件按需保留。";
    DatabaseUnreadable Fail "database.unreadable"
        en: "{name} cannot be read: {detail}. It belongs to {owner}, and this process runs as {ours}.", "Run as root: {command} (in Docker: {docker}). If no right is missing, look at the disk and restore the last backup.";
        zh: "{name} 无法读取：{detail}。它属于 {owner}，而本进程以 {ours} 运行。", "请以 root 执行：{command}（Docker 中：{docker}）。如果不是权限问题，请检查磁盘并恢复最近的备份。";
    DatabaseForeign Fail "database.foreign"
        en: "{name} belongs to another program ({tables}) and is left untouched.", "Set DATABASE_URL to a file or database of AIChat's own.";
        zh: "{name} 属于其他程序（{tables}），未做任何改动。", "请把 DATABASE_URL 设为 AIChat 自己的文件或数据库。";
    DatabaseNone Fail "database.not_a_database"
        en: "{name} is no SQLite database, or a damaged one ({detail}), and is left untouched.", "Set DATABASE_URL to a file of AIChat's own. If this was one, restore the last backup.";
        zh: "{name} 不是 SQLite 数据库，或已损坏（{detail}），未做任何改动。", "请把 DATABASE_URL 设为 AIChat 自己的文件；如果它原本就是，请恢复最近的备份。";
    DatabaseNewer Fail "database.newer"
        en: "{name} was written by a newer AIChat: it needs schema {schema}, this one knows {wanted}.", "Start that version again, or restore the backup from before it.";
        zh: "{name} 由更新版本的 AIChat 写入：需要结构版本 {schema}，当前程序只支持 {wanted}。", "请重新使用该新版本，或恢复升级前的备份。";
    DatabaseUnopened Fail "database.unopened"
        en: "{name} cannot be opened: {detail}", "Check DATABASE_URL, and that the database server runs.";
        zh: "{name} 无法打开：{detail}", "请检查 DATABASE_URL 以及数据库服务是否在运行。";
    DatabaseDamaged Fail "database.damaged"
        en: "{name} is damaged: {detail}", "Stop the server, keep a copy of the file with its -wal and -shm, and restore the last backup.";
        zh: "{name} 已损坏：{detail}", "请停止服务，保留该文件及其 -wal、-shm 的副本，然后恢复最近的备份。";
    DatabaseLargeLog Warn "database.large_log"
        en: "The write-ahead log of {name} has {size}.", "Restart the server: it folds the log in. If it grows again, look for a program that keeps the file open.";
        zh: "{name} 的预写日志已有 {size}。", "请重启服务以合并日志；如果再次增长，请检查是否有其他程序一直打开该文件。";

    DatabaseSlow Warn "database.slow"
        en: "The latest write took {ms} ms.", "Look at the disk and at what else uses it; a database on a network share is slow in any case.";
        zh: "最近一次写入用了 {ms} 毫秒。", "请检查磁盘以及其他占用磁盘的程序；数据库放在网络共享上总是较慢。";
    DatabaseNotWritten Fail "database.not_written"
        en: "The database takes no writes: {detail}. Answers go on and are saved once it does.", "Look at the log, at the disk's room and at the rights of the data directory; PostgreSQL must not be a read-only replica.";
        zh: "数据库无法写入：{detail}。回答会继续生成，恢复后再保存。", "请查看日志、磁盘剩余空间和数据目录的权限；PostgreSQL 不能是只读副本。";

    SecretsOk Ok "secrets.ok"
        en: "The secret for sign-ins comes from {jwt}, the one for stored keys from {master}.", "";
        zh: "登录密钥来自 {jwt}，用于加密的密钥来自 {master}。", "";
    SecretsAbsent Ok "secrets.absent"
        en: "The first start makes what is missing and keeps it in {path}.", "";
        zh: "首次启动时会生成缺少的密钥并保存到 {path}。", "";
    SecretsExample Warn "secrets.example"
        en: "{name} is the text of an example and is not used; a generated one is.", "Set a random value (openssl rand -base64 48) or remove the variable.";
        zh: "{name} 是示例文本，未被采用，当前使用自动生成的值。", "请设置随机值（openssl rand -base64 48）或删除该变量。";
    SecretsShort Warn "secrets.short"
        en: "{name} is shorter than 32 bytes and is not used; a generated one is.", "Set a longer random value (openssl rand -base64 48) or remove the variable.";
        zh: "{name} 不足 32 字节，未被采用，当前使用自动生成的值。", "请设置更长的随机值（openssl rand -base64 48）或删除该变量。";
    SecretsOpenToOthers Warn "secrets.open_to_others"
        en: "Others on this machine may read {path} (mode {mode}).", "Run: chmod 600 {path}";
        zh: "本机其他用户可以读取 {path}（权限 {mode}）。", "请执行：chmod 600 {path}";
    SecretsDamaged Fail "secrets.damaged"
        en: "The generated secrets cannot be used: {detail}", "Follow the line above; where the file itself is damaged, restore it from a backup of the data directory.";
        zh: "自动生成的密钥无法使用：{detail}", "请按上面的提示处理；如果文件本身已损坏，请从数据目录的备份中恢复。";
    SecretsMissing Fail "secrets.missing"
        en: "There is data, but {path} is gone: the next start makes new secrets, which open no stored API key.", "Restore secrets.json from a backup of the data directory, or set the MASTER_KEY that was used.";
        zh: "已有数据，但 {path} 不存在：下次启动会生成新密钥，已保存的 API 密钥将无法解密。", "请从备份中恢复 secrets.json，或设置原来的 MASTER_KEY。";
    SecretsLocked Fail "secrets.locked"
        en: "{count} stored API keys were sealed with another MASTER_KEY and cannot be opened.", "Set the MASTER_KEY that was used, restore secrets.json, or enter the keys again under Settings, Connections.";
        zh: "有 {count} 个已保存的 API 密钥是用另一个 MASTER_KEY 加密的，无法解密。", "请设置原来的 MASTER_KEY、恢复 secrets.json，或在“设置 › 连接”中重新填写密钥。";

    PortFree Ok "port.free"
        en: "{address} is free; no server is running there.", "";
        zh: "{address} 空闲，没有服务在运行。", "";
    PortOurs Ok "port.ours"
        en: "This installation answers on {address} and is well (version {version}).", "";
        zh: "本安装的服务正在 {address} 运行且状态正常（版本 {version}）。", "";
    PortUnwell Fail "port.unwell"
        en: "The server on {address} answers, but its database does not.", "Look at its log; the database's own line here says more.";
        zh: "{address} 上的服务有响应，但其数据库不可用。", "请查看服务日志，数据库一项有更多信息。";
    PortOtherVersion Warn "port.other_version"
        en: "The server on {address} is version {version}, this program is {ours}.", "Restart the server, so that it runs the installed version.";
        zh: "{address} 上的服务版本为 {version}，而本程序为 {ours}。", "请重启服务，使其运行已安装的版本。";
    PortOtherServer Fail "port.other_server"
        en: "Another AIChat installation answers on {address}.", "Stop it, choose another port with PORT, or run this command with the DATA_DIR of that one.";
        zh: "{address} 上运行的是另一个 AIChat 安装。", "请停止它、用 PORT 更换端口，或在该安装的 DATA_DIR 下运行本命令。";
    PortUntold Warn "port.untold"
        en: "An AIChat answers on {address} (version {version}); without the secrets it cannot be told whether it is this installation's.", "Follow the lines above first, then run `aichat doctor` again.";
        zh: "{address} 上有 AIChat 在运行（版本 {version}），因为读不到密钥，无法判断是否属于本安装。", "请先按上面的提示处理，再运行 `aichat doctor`。";
    PortTaken Fail "port.taken"
        en: "Another program listens on {address}.", "Stop it, or choose another port with PORT.";
        zh: "{address} 已被其他程序占用。", "请停止该程序，或用 PORT 更换端口。";
    PortUnusable Fail "port.unusable"
        en: "{address} cannot be listened on: {detail}", "Choose another address with HOST, or another port with PORT; ports below 1024 need a right of their own.";
        zh: "无法监听 {address}：{detail}", "请用 HOST 更换地址或用 PORT 更换端口；1024 以下的端口需要额外权限。";

    ClockOk Ok "clock.ok"
        en: "The clock says {now}.", "";
        zh: "系统时间为 {now}。", "";
    ClockPast Fail "clock.past"
        en: "The clock says {now}, which is before this program was made.", "Set the clock (timedatectl set-ntp true): sign-ins and secure connections depend on it.";
        zh: "系统时间为 {now}，早于本程序的发布时间。", "请校准时间（timedatectl set-ntp true），登录和加密连接都依赖它。";
    ClockBehindData Warn "clock.behind_data"
        en: "The clock says {now}, but the newest entry in the database is from {newest}.", "Set the clock (timedatectl set-ntp true), or wait until it has caught up.";
        zh: "系统时间为 {now}，但数据库中最新的记录时间为 {newest}。", "请校准时间（timedatectl set-ntp true），或等待时间追上。";
    ClockOffProxy Warn "clock.off_proxy"
        en: "The clock of this machine and that of the server behind {url} differ by {seconds} s.", "Set both clocks (timedatectl set-ntp true).";
        zh: "本机与 {url} 所在服务器的时间相差 {seconds} 秒。", "请校准两边的时间（timedatectl set-ntp true）。";

    PublicUnset Ok "public.unset"
        en: "PUBLIC_URL is not set, so no way from outside was tried.", "";
        zh: "未设置 PUBLIC_URL，没有检查外部访问。", "";
    PublicNotRunning Warn "public.not_running"
        en: "{url} was not tried: no server of this installation runs here.", "Start the server and run `aichat doctor` again.";
        zh: "本机没有运行本安装的服务，未检查 {url}。", "请先启动服务，再运行 `aichat doctor`。";
    PublicInvalid Fail "public.invalid"
        en: "{url} is no usable address: {detail}", "Give scheme and name without a path, such as https://chat.example.com.";
        zh: "{url} 不是可用的地址：{detail}", "请填写协议和域名，不带路径，例如 https://chat.example.com。";
    PublicDns Fail "public.dns"
        en: "The name in {url} could not be found.", "Check the name, and that its DNS entry points at the proxy.";
        zh: "无法解析 {url} 中的域名。", "请检查域名是否正确，以及 DNS 记录是否指向代理服务器。";
    PublicRefused Fail "public.refused"
        en: "Nothing listens behind {url}.", "Start the proxy, and check its port and the firewall.";
        zh: "{url} 没有服务在监听。", "请启动反向代理，并检查端口和防火墙。";
    PublicLoopback Warn "public.loopback_in_container"
        en: "Nothing answers at {url} in here: inside a container that means the container itself.", "Try it from the machine, or set PUBLIC_URL to the address that others use.";
        zh: "容器里的 {url} 没有服务：在容器里它指的是容器自己。", "请在宿主机上检查，或把 PUBLIC_URL 设为其他人使用的地址。";
    PublicTls Fail "public.tls"
        en: "No secure connection to {url}: {detail}", "Check the proxy's certificate (name, date, whole chain) and the clock.";
        zh: "无法与 {url} 建立安全连接：{detail}", "请检查代理的证书（域名、有效期、完整证书链）和系统时间。";
    PublicUnreachable Fail "public.unreachable"
        en: "{url} cannot be reached from here: {detail}", "Check firewall and proxy. Some networks cannot reach their own outer address; then look from outside.";
        zh: "从本机无法访问 {url}：{detail}", "请检查防火墙和代理。有些网络无法从内部访问自己的公网地址，此时请从外部检查。";
    PublicGateway Fail "public.gateway"
        en: "The proxy behind {url} answers {status}: it does not reach this server.", "Let it pass requests to {address}; in containers that is the name of the backend, not localhost.";
        zh: "{url} 的代理返回 {status}：它无法访问本服务。", "请让它转发到 {address}；在容器中应填写后端服务名而不是 localhost。";
    PublicOtherProgram Fail "public.other_program"
        en: "{url} answers {status}, but it is no AIChat.", "Let the proxy pass /api to this server without changing the path.";
        zh: "{url} 返回 {status}，但不是 AIChat。", "请让代理把 /api 原样转发到本服务。";
    PublicOtherServer Fail "public.other_server"
        en: "Another AIChat installation answers at {url}.", "Let the proxy pass requests to {address}, or check the DNS entry.";
        zh: "{url} 上是另一个 AIChat 安装。", "请让代理转发到 {address}，或检查 DNS 记录。";
    PublicOlder Warn "public.older_version"
        en: "An older AIChat answers at {url}, which has no self-test.", "Update it, then run this command again.";
        zh: "{url} 上是旧版 AIChat，不支持自检。", "请升级后再运行本命令。";
    PublicOk Ok "public.ok"
        en: "{url} leads to this server (version {version}).", "";
        zh: "{url} 可以访问到本服务（版本 {version}）。", "";
    PublicNoProto Warn "public.no_forwarded_proto"
        en: "The proxy behind {url} does not say that people use https: cookies are not marked Secure.", "Let it send X-Forwarded-Proto (nginx: proxy_set_header X-Forwarded-Proto $scheme;), or set PUBLIC_URL.";
        zh: "{url} 的代理没有告知用户使用的是 https，Cookie 不会带 Secure 标记。", "请让代理发送 X-Forwarded-Proto（nginx：proxy_set_header X-Forwarded-Proto $scheme;），或设置 PUBLIC_URL。";
    PublicUntrusted Warn "public.untrusted_proxy"
        en: "The proxy behind {url} speaks from {peer}, which TRUSTED_PROXIES does not name, so its headers do not count.", "Add {peer} to TRUSTED_PROXIES; where that is not set, it means loopback,private, so write loopback,private,{peer}.";
        zh: "{url} 的代理来自 {peer}，不在 TRUSTED_PROXIES 中，它的请求头不被采信。", "请把 {peer} 加入 TRUSTED_PROXIES；未设置时它相当于 loopback,private，所以要写成 loopback,private,{peer}。";
    PublicHost Fail "public.host"
        en: "The proxy behind {url} sends `{host}` as the name that people use, so signing in would be refused.", "Let it keep the name (nginx: proxy_set_header Host $host;), or set PUBLIC_URL={url}.";
        zh: "{url} 的代理把主机名改成了“{host}”，登录会被拒绝。", "请让代理保留主机名（nginx：proxy_set_header Host $host;），或设置 PUBLIC_URL={url}。";
    PublicCached Fail "public.cached"
        en: "The proxy behind {url} answered a request with an answer to another one: people would see what belongs to others.", "Switch its cache off for /api and /v1 (1Panel: the site's reverse proxy, Cache).";
        zh: "{url} 的代理用缓存的旧回答应答了新请求，用户可能看到别人的内容。", "请对 /api 和 /v1 关闭缓存（1Panel：网站 › 反向代理 › 缓存）。";

    StreamOk Ok "stream.ok"
        en: "Events come through {url} one by one ({count} within {ms} ms).", "";
        zh: "事件可以逐条通过 {url}（{count} 条，历时 {ms} 毫秒）。", "";
    StreamBuffered Fail "stream.buffered"
        en: "The proxy behind {url} holds answers back: {count} events came within {ms} ms of each other instead of {wanted} ms.", "Switch its buffering off for /api and /v1 (nginx: proxy_buffering off; proxy_cache off; gzip off for text/event-stream).";
        zh: "{url} 的代理缓冲了回答：{count} 条事件在 {ms} 毫秒内同时到达，正常应为 {wanted} 毫秒。", "请对 /api 和 /v1 关闭缓冲（nginx：proxy_buffering off; proxy_cache off;，并对 text/event-stream 关闭 gzip）。";
    StreamCompressed Warn "stream.compressed"
        en: "The proxy behind {url} compresses the stream ({encoding}).", "Switch compression off for text/event-stream: some proxies hold small events back for it.";
        zh: "{url} 的代理压缩了事件流（{encoding}）。", "请对 text/event-stream 关闭压缩，否则部分代理会延迟小事件。";
    StreamCut Fail "stream.cut"
        en: "The stream through {url} ended after {count} of {wanted} events: {detail}", "Look for a short time limit or a size limit in the proxy.";
        zh: "通过 {url} 的事件流在 {count}/{wanted} 条后中断：{detail}", "请检查代理是否设置了过短的超时或大小限制。";

    SignInOk Ok "sign_in.ok"
        en: "The service answers and knows this server; {redirect} has to be among the addresses it may send people back to.", "";
        zh: "登录服务正常，且认得本服务器；{redirect} 须登记为允许的回调地址。", "";
    SignInNoAddress Warn "sign_in.no_address"
        en: "PUBLIC_URL is not set: people are sent back to whatever address they opened, and the service has to know each of them ({redirect}).", "Set PUBLIC_URL and register the one address that follows from it.";
        zh: "未设置 PUBLIC_URL：用户登录后会回到其打开的地址，而登录服务须逐一登记这些回调地址（{redirect}）。", "请设置 PUBLIC_URL，并在登录服务中登记由它得出的唯一回调地址。";

    ConnectionNone Warn "connection.none"
        en: "No model is connected yet.", "An administrator connects one under Settings, Connections.";
        zh: "还没有接入任何模型。", "请管理员在“设置 › 连接”中接入模型。";
    ConnectionIgnored Warn "connection.ignored"
        en: "{detail}", "Correct the variable and restart.";
        zh: "{detail}", "请修改该变量并重启。";
    ConnectionSkipped Warn "connection.skipped"
        en: "Connections were not tried, because the database or the secrets cannot be used yet.", "Follow the lines above first; a database of an older version is brought up to date by the next start.";
        zh: "由于数据库或密钥暂不可用，未检查模型连接。", "请先按上面的提示处理；旧版本的数据库会在下次启动时自动升级。";
    ConnectionRests Warn "connection.rests"
        en: "Every key rests after {detail}; its models are answered by other connections, or not at all.", "Look at the keys under Settings, Connections: the provider refuses them or asks to slow down.";
        zh: "所有密钥因 {detail} 暂停使用，其模型由其他连接应答，或无法应答。", "请在“设置 › 连接”中检查密钥：服务商拒绝了它们，或要求降低频率。";
    ConnectionOk Ok "connection.ok"
        en: "The step `{stage}` works ({ms} ms).", "";
        zh: "“{stage}”步骤正常（{ms} 毫秒）。", "";

    TracesDropped Warn "traces.dropped"
        en: "Task traces are dropped, {count} since the start: more answers end at once than the disk takes.", "Look at the disk, or trace fewer answers under Settings, System.";
        zh: "任务追踪被丢弃，启动以来共 {count} 条：同时结束的回答超过了磁盘的写入速度。", "请检查磁盘，或在“设置 › 系统”中减少追踪。";
    LogNotWritten Warn "log.not_written"
        en: "The log cannot be written to {path}; it goes to standard output alone.", "Look at the folder's rights and at the disk's room.";
        zh: "日志无法写入 {path}，目前只输出到标准输出。", "请检查该目录的权限和磁盘剩余空间。";
}

impl Code {
    /// The code as it is printed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().code
    }

    /// How bad it is.
    #[must_use]
    pub fn state(self) -> State {
        self.row().state
    }

    /// What was found, with `params` filled in.
    #[must_use]
    pub fn message(self, language: Language, params: &Params) -> String {
        fill(self.words(language).0, params)
    }

    /// What to do about it, if anything.
    #[must_use]
    pub fn remedy(self, language: Language, params: &Params) -> Option<String> {
        let remedy = self.words(language).1;
        (!remedy.is_empty()).then(|| fill(remedy, params))
    }

    /// Both sentences with their placeholders: what was found, and what to do, which may be empty.
    #[must_use]
    pub fn words(self, language: Language) -> (&'static str, &'static str) {
        match language {
            Language::En => self.row().en,
            Language::ZhCn => self.row().zh,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeSet, HashSet};

    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|tail| tail.split_once('}').map(|(name, _)| name)).collect()
    }

    #[test]
    fn every_code_is_unique_says_the_same_in_both_languages_and_has_a_remedy_when_it_is_bad() {
        let mut seen = HashSet::new();
        for code in Code::ALL {
            let Row { code: name, state, en, zh } = code.row();
            assert!(seen.insert(*name), "{name} twice");
            assert_eq!(places(en.0), places(zh.0), "{name}");
            assert_eq!(places(en.1), places(zh.1), "the remedy of {name}");
            assert_eq!(*state == State::Ok, en.1.is_empty(), "{name}");
            assert_eq!(en.1.is_empty(), zh.1.is_empty(), "{name}");
        }
    }
}
