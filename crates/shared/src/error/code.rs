//! The table: one row per code.

use super::row::{Row, Sentences, codes};

codes! {
    Internal "internal" 500 true
        en: "Something went wrong on the server.", "Try again; if it happens again, give the request id to your administrator.";
        zh: "服务器内部出错了。", "请重试；如果再次出现，请把请求编号告诉管理员。";
    RequestInvalid "request.invalid" 400 false
        en: "The request is not valid: {detail}", "";
        zh: "请求无效：{detail}", "";
    RequestTooLarge "request.too_large" 413 false
        en: "The request is larger than {limit}.", "Send less at once.";
        zh: "请求超过了 {limit} 的上限。", "请分次发送。";
    RouteNotFound "route.not_found" 404 false
        en: "There is nothing at this address.", "";
        zh: "这个地址不存在。", "";
    MethodNotAllowed "method.not_allowed" 405 false
        en: "This address does not take that method.", "";
        zh: "这个地址不支持该请求方法。", "";

    AuthRequired "auth.required" 401 false
        en: "You are not signed in.", "Sign in and try again.";
        zh: "你还没有登录。", "请登录后重试。";
    AuthExpired "auth.expired" 401 true
        en: "Your access token has expired.", "Refresh it, or sign in again.";
        zh: "访问令牌已过期。", "请刷新令牌或重新登录。";
    AuthRevoked "auth.revoked" 401 false
        en: "This login was ended.", "Sign in again.";
        zh: "本次登录已失效。", "请重新登录。";
    AuthInvalid "auth.invalid" 401 false
        en: "The access token is not valid.", "Sign in again.";
        zh: "访问令牌无效。", "请重新登录。";
    AuthKeyInvalid "auth.key_invalid" 401 false
        en: "There is no such API key.", "Check that it was copied whole, or make another one under Settings, API keys.";
        zh: "没有这个 API 密钥。", "请确认密钥复制完整，或在“设置 - API 密钥”中新建一个。";
    AuthKeyExpired "auth.key_expired" 401 false
        en: "The API key `{name}` has expired.", "Give it a later end, or make another one under Settings, API keys.";
        zh: "API 密钥“{name}”已过期。", "请在“设置 - API 密钥”中延长有效期，或新建一个。";
    AuthKeyRevoked "auth.key_revoked" 401 false
        en: "The API key `{name}` was revoked.", "Make another one under Settings, API keys.";
        zh: "API 密钥“{name}”已吊销。", "请在“设置 - API 密钥”中新建一个。";
    AuthKeyAddress "auth.key_address" 403 false
        en: "The API key `{name}` is not taken from the address {address}.", "Add the address to the key under Settings, API keys.";
        zh: "API 密钥“{name}”不允许从地址 {address} 使用。", "请在“设置 - API 密钥”中为该密钥添加此地址。";
    AuthScope "auth.scope" 403 false
        en: "The API key may not do this.[ It needs the scope {scope}.]", "Give the key the scope that is named; where none is, only a person who signs in may do it.";
        zh: "该 API 密钥无权执行此操作。[需要权限 {scope}。]", "请为密钥添加所示权限；未显示权限时，只有登录后才能执行。";
    AuthCredentials "auth.credentials" 401 false
        en: "The user name or the password is wrong.", "Check both; passwords distinguish upper and lower case.";
        zh: "用户名或密码不正确。", "请检查后重试，密码区分大小写。";
    AuthPassword "auth.password" 403 false
        en: "The current password is wrong.", "";
        zh: "当前密码不正确。", "";
    AuthPending "auth.pending" 403 false
        en: "Your account waits for approval.", "An administrator has to approve it first.";
        zh: "你的账号正在等待审批。", "请联系管理员批准。";
    AuthRejected "auth.rejected" 403 false
        en: "Your registration was not approved.[ Reason: {reason}]", "Ask your administrator.";
        zh: "你的注册申请未获批准。[原因：{reason}]", "请联系管理员。";
    AuthDisabled "auth.disabled" 403 false
        en: "Your account is disabled.[ Reason: {reason}]", "Ask your administrator.";
        zh: "你的账号已被停用。[原因：{reason}]", "请联系管理员。";
    AuthPasswordChange "auth.password_change_required" 403 false
        en: "You have to choose a password of your own first.", "Change it with `POST /api/auth/password`, or sign in to the web page and follow it.";
        zh: "请先设置你自己的密码。", "请调用 `POST /api/auth/password` 修改，或在网页上登录后按提示操作。";
    AuthSecondFactorRequired "auth.second_factor_required" 403 false
        en: "You have to set up a second factor first.", "Sign in to the web page and follow it, or begin with `POST /api/auth/second-factor`.";
        zh: "请先设置两步验证。", "请在网页上登录后按提示操作，或调用 `POST /api/auth/second-factor` 开始设置。";
    AuthCode "auth.code" 403 false
        en: "The code is wrong, or it was used before.", "Take the code that the app shows now, and check that the clock of the phone is right.";
        zh: "验证码不正确，或已被使用过。", "请输入应用当前显示的验证码，并确认手机时间准确。";
    AuthTicket "auth.ticket" 401 false
        en: "This sign-in is over: it took too long, had too many wrong codes, or went on from another network.", "Sign in again from the beginning.";
        zh: "本次登录已失效：等待过久、验证码错误次数过多，或网络发生了变化。", "请重新登录。";
    SecondFactorOn "second_factor.on" 409 false
        en: "A second factor is set up already.", "Remove it first to set up another one.";
        zh: "两步验证已经设置过了。", "如需更换，请先移除。";
    SecondFactorOff "second_factor.off" 409 false
        en: "No second factor is set up.", "Begin under Settings, Profile.";
        zh: "尚未设置两步验证。", "请在“设置 › 个人资料”中开始设置。";
    AuthForbidden "auth.forbidden" 403 false
        en: "Only administrators may do this.", "";
        zh: "只有管理员可以执行此操作。", "";
    AuthCsrf "auth.csrf" 403 false
        en: "The request did not prove that it comes from this site.", "Send the header X-AIChat-Request: 1, or use a bearer token.";
        zh: "无法确认请求来自本站。", "请带上请求头 X-AIChat-Request: 1，或改用 Bearer 令牌。";
    PasswordTooCommon "password.too_common" 400 false
        en: "This password is among those that are guessed first.", "Use four words, or a password that a password manager made.";
        zh: "这个密码太常见，很容易被猜到。", "请使用更长的短语，或由密码管理器生成的密码。";
    PasswordUnchanged "password.unchanged" 400 false
        en: "This is the password that you were given.", "Choose another one.";
        zh: "这就是管理员给你的密码。", "请换一个。";
    LoginNotFound "login.not_found" 404 false
        en: "There is no such login, or it is over.", "";
        zh: "找不到该登录，或它已经结束。", "";
    ApiKeyNotFound "api_key.not_found" 404 false
        en: "There is no such API key, or it was revoked.", "";
        zh: "找不到该 API 密钥，或它已被吊销。", "";
    ApiKeyLimit "api_key.limit" 409 false
        en: "You have {limit} API keys, which is the most.", "Revoke one that you no longer need.";
        zh: "API 密钥最多 {limit} 个，已达上限。", "请先吊销不再需要的密钥。";
    AuthThrottled "auth.throttled" 429 true
        en: "Too many attempts.", "Wait {seconds} s and try again.";
        zh: "尝试次数过多。", "请在 {seconds} 秒后重试。";
    AuthRegistrationClosed "auth.registration_closed" 403 false
        en: "Registration is closed.", "Ask your administrator for an account.";
        zh: "注册已关闭。", "请联系管理员开通账号。";
    AuthSetupExpired "auth.setup_expired" 403 false
        en: "This new instance waited too long for its first administrator.", "Restart the server and register within 60 minutes, or run `aichat admin create`.";
        zh: "等待首位管理员注册的时间已过。", "请重启服务并在 60 分钟内注册，或运行 `aichat admin create`。";
    OidcProviderNotFound "oidc.provider_not_found" 404 false
        en: "There is no such service to sign in with, or it is switched off.", "";
        zh: "找不到该登录服务，或它已停用。", "";
    OidcState "oidc.state" 400 false
        en: "This sign-in was not begun in this browser, or it took too long.", "Begin again; this browser has to allow cookies, and the address of this site must stay the same.";
        zh: "此次登录不是在本浏览器中发起的，或已超时。", "请重新登录；浏览器需允许 Cookie，且访问地址应保持一致。";
    OidcDenied "oidc.denied" 403 false
        en: "The sign-in service refused: {detail}", "Try again, or ask your administrator.";
        zh: "登录服务拒绝了请求：{detail}", "请重试或联系管理员。";
    OidcForbidden "oidc.forbidden" 403 false
        en: "The sign-in service says that you may no longer sign in.", "Ask whoever runs that service.";
        zh: "登录服务表示你已被禁止登录。", "请联系该服务的管理员。";
    OidcClosed "oidc.closed" 403 false
        en: "Nobody knows you here yet, and {name} makes no accounts.", "If you have an account, sign in with your password and link {name} under Settings, Profile; else ask your administrator.";
        zh: "这里没有与你关联的账号，且“{name}”不会自动创建账号。", "如果已有账号，请用密码登录，然后在“设置 › 个人资料”中关联“{name}”；否则请联系管理员。";
    OidcUnreachable "oidc.unreachable" 502 true
        en: "The sign-in service at `{host}` does not answer: {detail}", "Check that it runs and that the server reaches it; inside containers an internal address may be needed.";
        zh: "登录服务“{host}”没有响应：{detail}", "请确认该服务正在运行且服务器可以访问；在容器中可能需要填写内部地址。";
    OidcDiscovery "oidc.discovery" 502 false
        en: "What is at {address} is not usable: {detail}", "Check the issuer: it is the address that the service calls itself, without what stands behind `/.well-known`.";
        zh: "{address} 的内容无法使用：{detail}", "请检查 Issuer 地址：应与服务自身声明的一致，且不包含 `/.well-known` 之后的部分。";
    OidcClient "oidc.client" 502 false
        en: "The sign-in service does not accept the client `{client}`.", "An administrator checks client id and secret, and registers the address {redirect} with the service.";
        zh: "登录服务不接受客户端“{client}”。", "请管理员检查客户端 ID 和密钥，并在该服务中登记回调地址 {redirect}。";
    OidcToken "oidc.token" 502 false
        en: "What the sign-in service sent is not accepted: {detail}.", "Try again; if it happens again, an administrator compares the clocks and the settings of the service.";
        zh: "登录服务返回的身份令牌未通过校验：{detail}。", "请重试；如果再次出现，请管理员核对两边的时间和该服务的设置。";
    OidcLimit "oidc.limit" 409 false
        en: "There are {limit} sign-in services, which is the most.", "Delete one that is no longer needed.";
        zh: "登录服务最多 {limit} 个，已达上限。", "请先删除不再需要的服务。";
    IdentityTaken "identity.taken" 409 false
        en: "The service knows another account here by this.", "Sign in to that account and take the link away first.";
        zh: "该身份已关联到这里的另一个账号。", "请先登录那个账号并解除关联。";
    IdentityLimit "identity.limit" 409 false
        en: "Your account is linked {limit} times, which is the most.", "Take a link away first.";
        zh: "账号最多关联 {limit} 个身份，已达上限。", "请先解除一个关联。";
    IdentityLast "identity.last" 409 false
        en: "This is your only way to sign in.", "Set a password or link another service first.";
        zh: "这是你唯一的登录方式。", "请先设置密码或关联其他服务。";
    IdentityNotFound "identity.not_found" 404 false
        en: "There is no such link.", "";
        zh: "找不到该关联。", "";
    UserNameTaken "user.name_taken" 409 false
        en: "The user name `{name}` is taken.", "Choose another one.";
        zh: "用户名“{name}”已被使用。", "请换一个。";
    UserNotFound "user.not_found" 404 false
        en: "There is no such user.", "";
        zh: "找不到该用户。", "";
    UserLastAdmin "user.last_admin" 409 false
        en: "This is the last active administrator.", "Make somebody else administrator first.";
        zh: "这是最后一位可用的管理员。", "请先将其他人设为管理员。";
    InvitationInvalid "invitation.invalid" 403 false
        en: "This invitation does not hold, or not any more.", "Ask whoever invited you for another one.";
        zh: "这份邀请无效或已失效。", "请向邀请你的人再要一份。";
    InvitationNotFound "invitation.not_found" 404 false
        en: "There is no such invitation, or it was revoked.", "";
        zh: "找不到该邀请，或它已被撤销。", "";
    ExportRunning "export.running" 409 true
        en: "An export of your data is being made already.", "Wait for its end, then try again.";
        zh: "你的数据正在导出。", "请等它完成后再试。";

    ChatNotFound "chat.not_found" 404 false
        en: "There is no such chat.", "";
        zh: "找不到该对话。", "";
    ChatForkTooLong "chat.fork_too_long" 409 false
        en: "The chat up to this message has more than {limit} messages, the most that are copied.", "Fork it at an earlier message.";
        zh: "到这条消息为止的对话超过 {limit} 条消息，无法复制。", "请从更早的消息处分出新对话。";
    FolderNotFound "folder.not_found" 404 false
        en: "There is no such folder.", "";
        zh: "找不到该文件夹。", "";
    FolderLimit "folder.limit" 409 false
        en: "You have {limit} folders, which is the most.", "Delete one that you no longer need.";
        zh: "文件夹最多 {limit} 个，已达上限。", "请先删除不再需要的文件夹。";
    MessageNotFound "message.not_found" 404 false
        en: "There is no such message.", "";
        zh: "找不到该消息。", "";
    RunNotFound "run.not_found" 404 false
        en: "There is no such run.", "";
        zh: "找不到该次生成。", "";
    TraceNotFound "trace.not_found" 404 false
        en: "There is no such trace, or it was removed.", "";
        zh: "找不到该任务追踪，或已被清理。", "";
    MessageEmpty "message.empty" 400 false
        en: "The message is empty.", "Write something first.";
        zh: "消息内容为空。", "请先输入内容。";
    MessageTooLong "message.too_long" 413 false
        en: "The message is longer than {limit}.", "Shorten it.";
        zh: "消息超过了 {limit} 的上限。", "请缩短内容。";
    MessageParent "message.parent" 409 false
        en: "The answer to continue from is not in this chat or is not finished.", "Reload the chat and send again.";
        zh: "要接续的消息不在此对话中或尚未完成。", "请刷新对话后重新发送。";
    MessageNotContinuable "message.not_continuable" 409 false
        en: "This answer cannot be continued.", "Only a stopped, interrupted or failed answer can; send a new message instead.";
        zh: "这条回答无法继续生成。", "只有已停止、被中断或失败的回答可以继续；请发送新消息。";
    MessageClientId "message.client_id" 409 false
        en: "This clientMessageId was used for another message.", "Use a new id for every message.";
        zh: "该 clientMessageId 已用于另一条消息。", "请为每条消息使用新的编号。";
    ChatBusy "chat.busy" 409 true
        en: "An answer is still being written here.", "Wait for it or stop it.";
        zh: "此处的回答仍在生成。", "请等待完成或先停止。";
    RunLimit "run.limit" 429 true
        en: "You have {limit} answers running.", "Wait for one to finish or stop one.";
        zh: "你已有 {limit} 个回答正在生成。", "请等待其中一个完成或先停止。";
    RunSiblings "run.siblings" 409 true
        en: "{limit} answers to this question are being written already.", "Wait for one of them or stop it.";
        zh: "这个问题已有 {limit} 个回答正在生成。", "请等待其中一个完成或先停止。";
    BudgetExceeded "budget.exceeded" 429 false
        en: "You have reached [your{own} limit][the limit of this API key{key}][the limit of everybody together{everyone}][ for this model{model}] of [{requests} requests][{tokens} tokens][{money}][ a day{day}][ a month{month}][ in total{total}].", "[It starts anew at {reset}.][Ask your administrator for more{ask}.]";
        zh: "已达到[你的{own}][此 API 密钥的{key}][所有人合计的{everyone}]额度上限[（仅限此模型{model}）]：[每天{day}][每月{month}][累计{total}] [{requests} 次请求][{tokens} 个 token][{money}]。", "[将于 {reset} 重新开始计算。][如需更多额度，请联系管理员{ask}。]";
    BudgetWarning "budget.warning" 200 false
        en: "At least 80 % of [your{own} limit][the limit of this API key{key}][the limit of everybody together{everyone}][ for this model{model}] is used: [{requests} requests][{tokens} tokens][{money}][ a day{day}][ a month{month}][ in total{total}].[ It starts anew at {reset}.]", "";
        zh: "[你的{own}][此 API 密钥的{key}][所有人合计的{everyone}]额度[（仅限此模型{model}）]已使用 80% 以上：[每天{day}][每月{month}][累计{total}] [{requests} 次请求][{tokens} 个 token][{money}]。[将于 {reset} 重新开始计算。]", "";
    BudgetNotFound "budget.not_found" 404 false
        en: "There is no such budget.", "";
        zh: "找不到该额度。", "";
    BudgetLimit "budget.limit" 409 false
        en: "There are {limit} budgets, which is the most.", "Delete one that is no longer needed.";
        zh: "额度规则最多 {limit} 条，已达上限。", "请先删除不再需要的规则。";
    ModelNone "model.none" 409 false
        en: "No model is connected yet.", "An administrator connects one under Settings, Connections.";
        zh: "还没有接入任何模型。", "请管理员在“设置 › 连接”中接入模型。";
    ModelNotFound "model.not_found" 404 false
        en: "The model `{model}` is not available.", "Choose another model.";
        zh: "模型“{model}”不可用。", "请选择其他模型。";

    ModelNoVision "model.no_vision" 400 false
        en: "The model `{model}` does not see pictures.", "Choose a model that does, or send the message without pictures.";
        zh: "模型“{model}”无法识别图片。", "请换用支持图片的模型，或去掉图片后发送。";

    FileNotFound "file.not_found" 404 false
        en: "There is no such file.", "Files that were never sent are kept for 30 days; attach it again.";
        zh: "找不到该文件。", "未发送的文件只保留 30 天，请重新添加。";
    FileEmpty "file.empty" 400 false
        en: "The file is empty.", "Choose another one.";
        zh: "文件内容为空。", "请选择其他文件。";
    FileTooLarge "file.too_large" 413 false
        en: "The file is larger than {limit}.", "Split it, or attach the part that matters.";
        zh: "文件超过了 {limit} 的上限。", "请拆分文件，只上传需要的部分。";
    FileTooMany "file.too_many" 400 false
        en: "A message takes at most {limit} files.", "Send the rest with the next message.";
        zh: "每条消息最多附带 {limit} 个文件。", "请在下一条消息中发送其余文件。";
    FileQuota "file.quota" 413 false
        en: "Your files would take more than your {limit}.", "Delete chats with large files, or ask your administrator for more room. Files of chats that were deleted in the last 30 days count as far as they take more than {limit} themselves.";
        zh: "你的文件将超过 {limit} 的空间上限。", "请删除含有大文件的对话，或请管理员增加空间。最近 30 天内删除的对话中的文件，仅计入其超过 {limit} 的部分。";
    FileBusy "file.busy" 429 true
        en: "You have {limit} uploads under way.", "Wait for some of them to finish.";
        zh: "你已有 {limit} 个文件正在上传。", "请等待其中一些完成。";
    FileInUse "file.in_use" 409 false
        en: "A message holds this file.", "Delete the chat that it belongs to.";
        zh: "有消息正在使用该文件。", "请删除包含它的对话。";

    ConnectionPersonalOff "connection.personal_off" 403 false
        en: "Connections of your own are switched off here.", "Ask your administrator.";
        zh: "此处未开放个人连接。", "请联系管理员。";
    ConnectionLimit "connection.limit" 409 false
        en: "You have {limit} connections of your own, which is the most.", "Delete one that you no longer need.";
        zh: "个人连接最多 {limit} 个，已达上限。", "请先删除不再需要的连接。";
    KeyNotFound "key.not_found" 404 false
        en: "There is no such key.", "Look at the connection and try again.";
        zh: "找不到该密钥。", "请查看该连接后重试。";
    ConnectionNotFound "connection.not_found" 404 false
        en: "There is no such connection.", "";
        zh: "找不到该连接。", "";
    ConnectionReadOnly "connection.read_only" 409 false
        en: "This connection comes from the environment variable {variable}.", "Change the variable and restart.";
        zh: "该连接由环境变量 {variable} 提供。", "请修改该变量并重启服务。";
    ConnectionUrl "connection.url" 400 false
        en: "This is not a usable address.", "Give the base URL alone, without blanks, user name or password, such as https://api.openai.com/v1.";
        zh: "这不是可用的接口地址。", "请只填写接口地址，不含空格、用户名或密码，例如 https://api.openai.com/v1。";
    ConnectionKeyCharacters "connection.key_characters" 400 false
        en: "No provider gives out such a key.", "Copy it again: at most {max} letters, digits and signs, without blanks.";
        zh: "服务商不会提供这样的密钥。", "请重新复制：最多 {max} 个英文字母、数字和符号，不含空格。";
    ConnectionKeyForNewAddress "connection.key_needed_for_new_address" 400 false
        en: "The stored key belongs to the old address.", "Give the key again, together with the new address.";
        zh: "已保存的密钥属于原来的地址。", "请与新地址一起重新填写密钥。";
    ConnectionChanged "connection.changed" 409 false
        en: "Somebody else changed the address meanwhile.", "Look at the connection and try again.";
        zh: "其间有人修改了接口地址。", "请查看该连接后重试。";
    ConnectionDemo "connection.demo" 409 false
        en: "A real model is connected, so the demo is not needed.", "Choose the model in the chat.";
        zh: "已经接入真实模型，无需演示模型。", "请在对话中选择模型。";
    SettingUnknown "setting.unknown" 404 false
        en: "There is no setting `{key}`.", "";
        zh: "没有名为“{key}”的设置。", "";
    SettingLocked "setting.locked" 409 false
        en: "This setting is fixed by the variable {variable}.", "Change the variable and restart the server, or remove it.";
        zh: "该设置由环境变量 {variable} 固定。", "请修改或移除该变量后重启服务。";

    ProviderDns "provider.dns" 502 true
        en: "The name `{host}` could not be found.", "Check the address for typing errors and the server's DNS.";
        zh: "无法解析域名“{host}”。", "请检查地址是否有误以及服务器的 DNS 设置。";
    ProviderRefused "provider.refused" 502 true
        en: "`{host}` refused the connection.", "Is the model server running and listening on that address? Inside a container, use host.docker.internal instead of localhost.";
        zh: "“{host}”拒绝了连接。", "请确认模型服务正在运行并监听该地址；在容器中请用 host.docker.internal 代替 localhost。";
    ProviderLoopbackInContainer "provider.loopback_in_container" 502 false
        en: "`{host}` is the container of AIChat itself, and no model server runs in there.", "Use http://host.docker.internal:{port} for a model server on the container's host, and let that server listen on 0.0.0.0.";
        zh: "“{host}”指的是 AIChat 所在的容器本身，其中没有运行模型服务。", "如果模型服务运行在宿主机上，请改用 http://host.docker.internal:{port}，并让该服务监听 0.0.0.0。";
    ProviderUnreachable "provider.unreachable" 502 true
        en: "`{host}` could not be reached.", "Check the network of the server, its proxy and firewall.";
        zh: "无法连接“{host}”。", "请检查服务器的网络、代理和防火墙。";
    ProviderTls "provider.tls" 502 false
        en: "No secure connection to `{host}`: {detail}", "Check that the address starts with the right http or https, and the server's clock and certificates.";
        zh: "无法与“{host}”建立安全连接：{detail}", "请检查地址应为 http 还是 https，以及服务器的时间和证书。";
    ProviderFakeIp "provider.fake_ip" 502 true
        en: "The server's DNS answers with addresses of a local proxy (198.18.x.x), and that proxy did not connect to `{host}`.", "Check the rules of the proxy (Clash, sing-box …) or give the server a real DNS.";
        zh: "服务器的 DNS 返回了代理软件的虚拟地址（198.18.x.x），而该代理没有连上“{host}”。", "请检查代理软件（Clash、sing-box 等）的规则，或为服务器配置真实 DNS。";
    ProviderProxy "provider.proxy" 502 true
        en: "The proxy {proxy} did not connect to `{host}`.", "Check HTTPS_PROXY and NO_PROXY.";
        zh: "代理 {proxy} 没有连上“{host}”。", "请检查 HTTPS_PROXY 和 NO_PROXY。";
    ProviderTimeout "provider.timeout" 504 true
        en: "`{host}` did not answer within {seconds} s.", "Try again, or choose another model.";
        zh: "“{host}”在 {seconds} 秒内没有响应。", "请重试或换一个模型。";
    ProviderStalled "provider.stalled" 504 true
        en: "The answer stopped coming: nothing for {seconds} s.", "What arrived is kept. Continue, or try again.";
        zh: "回答中断：{seconds} 秒内没有新内容。", "已收到的内容已保留，可以继续生成或重试。";
    ProviderUnauthorized "provider.unauthorized" 502 false
        en: "The provider does not accept the API key.", "An administrator checks the key of the connection `{connection}`.";
        zh: "服务商不接受该 API 密钥。", "请管理员检查连接“{connection}”的密钥。";
    ProviderForbidden "provider.forbidden" 502 false
        en: "The provider does not allow this request.", "The key may lack the right to use this model.";
        zh: "服务商拒绝了该请求。", "密钥可能没有使用此模型的权限。";
    ProviderRegion "provider.region" 502 false
        en: "The provider does not serve the region of this server.", "Set HTTPS_PROXY, or use another provider.";
        zh: "服务商不支持服务器所在的地区。", "请设置 HTTPS_PROXY 或使用其他服务商。";
    ProviderModelNotFound "provider.model_not_found" 502 false
        en: "The provider does not know the model `{model}`.", "Refresh the model list or choose another model.";
        zh: "服务商没有名为“{model}”的模型。", "请刷新模型列表或换一个模型。";
    ProviderNotFound "provider.not_found" 502 false
        en: "The provider has nothing at this address.", "Check the base URL; most end in /v1.";
        zh: "服务商的这个地址不存在。", "请检查接口地址，多数以 /v1 结尾。";
    ProviderRedirected "provider.redirected" 502 false
        en: "The provider redirects to {location}.", "Use that address as base URL.";
        zh: "服务商要求跳转到 {location}。", "请把接口地址改为该地址。";
    ProviderBalance "provider.balance" 502 false
        en: "The provider account has no credit left.", "Top up the account behind the connection `{connection}`.";
        zh: "服务商账户余额不足。", "请为连接“{connection}”对应的账户充值。";
    ProviderRateLimited "provider.rate_limited" 503 true
        en: "The provider asks to slow down.", "Try again in {seconds} s.";
        zh: "服务商要求降低请求频率。", "请在 {seconds} 秒后重试。";
    ProviderOverloaded "provider.overloaded" 503 true
        en: "The provider is overloaded.", "Try again in a moment, or choose another model.";
        zh: "服务商过载。", "请稍后重试或换一个模型。";
    ProviderServerError "provider.server_error" 502 true
        en: "The provider failed with status {status}.", "Try again, or choose another model.";
        zh: "服务商出错，状态码 {status}。", "请重试或换一个模型。";
    ProviderContextLength "provider.context_length" 502 false
        en: "The conversation is longer than the model can read.", "Start a new chat, shorten the message, or choose a model with a larger context.";
        zh: "对话长度超过了模型的上下文上限。", "请新建对话、缩短消息，或选择上下文更大的模型。";
    ProviderContentFiltered "provider.content_filtered" 502 false
        en: "The provider's content inspection refused this.", "Rephrase the message, or choose another model.";
        zh: "内容未通过服务商的审查。", "请换一种说法或换一个模型。";
    ProviderInvalidRequest "provider.invalid_request" 502 false
        en: "The provider did not accept the request.", "See its own words under Details.";
        zh: "服务商不接受该请求。", "请在“详情”中查看服务商的说明。";
    ProviderNotAStream "provider.not_a_stream" 502 false
        en: "The address answered with a web page instead of a model's reply.", "Check the base URL; it may point at a website or a login page.";
        zh: "该地址返回的是网页而不是模型的回答。", "请检查接口地址，它可能指向了网站或登录页。";
    ProviderCut "provider.cut" 502 true
        en: "The provider closed the connection before the answer was complete.", "What arrived is kept. Continue, or try again.";
        zh: "回答尚未完成，服务商就断开了连接。", "已收到的内容已保留，可以继续生成或重试。";
    ProviderMalformed "provider.malformed" 502 true
        en: "The provider sent something that is not understood.", "Try again, or choose another model.";
        zh: "服务商返回了无法识别的内容。", "请重试或换一个模型。";
    ProviderEmpty "provider.empty" 502 true
        en: "The provider sent an empty answer.", "Try again, or choose another model.";
        zh: "服务商返回了空回答。", "请重试或换一个模型。";
    ProviderReasoningOnly "provider.reasoning_only" 502 true
        en: "The model thought, but gave no answer.", "Try again, allow a longer answer, or choose another model.";
        zh: "模型只输出了思考过程，没有给出回答。", "请重试、放宽回答长度，或换一个模型。";
    ProviderTooLong "provider.too_long" 502 false
        en: "The answer was longer than {limit} and was cut.", "What arrived is kept.";
        zh: "回答超过 {limit}，已被截断。", "已收到的内容已保留。";
    ToolRounds "tool.rounds" 502 true
        en: "The model asked for tools {limit} times in a row and gave no answer.", "Try again, or choose another model.";
        zh: "模型连续 {limit} 次请求调用工具，没有给出回答。", "请重试或换一个模型。";
    EgressBlocked "egress.blocked" 403 false
        en: "The server may not connect to `{host}`: {detail}", "Use a public address.";
        zh: "服务器不允许连接“{host}”：{detail}", "请使用公网地址。";

    ServerRestarting "server.restarting" 503 true
        en: "The server was restarted while the answer was being written.", "What arrived is kept. Continue, or try again.";
        zh: "回答生成时服务器重启了。", "已收到的内容已保留，可以继续生成或重试。";
    ServerCrashed "server.crashed" 503 true
        en: "The server stopped unexpectedly while the answer was being written.", "What arrived is kept. Continue, or try again.";
        zh: "回答生成时服务器意外停止了。", "已收到的内容已保留，可以继续生成或重试。";
    EdgeBackendUnreachable "edge.backend_unreachable" 502 true
        en: "The edge does not reach the backend at {host}:{port}.", "Check that the backend runs and that BACKEND_HOST and BACKEND_INTERNAL_PORT name it.";
        zh: "前端镜像连接不到后端（{host}:{port}）。", "请确认后端已启动，并检查 BACKEND_HOST 和 BACKEND_INTERNAL_PORT。";
    StorageFull "storage.full" 507 true
        en: "The server's disk is full.", "Ask your administrator to free some space.";
        zh: "服务器磁盘已满。", "请管理员清理磁盘空间。";
    StorageForeign "storage.foreign" 503 false
        en: "The server's folder for files belongs to another installation.", "Ask your administrator: each installation needs a folder of its own, as the log says.";
        zh: "服务器的文件目录属于另一个安装实例。", "请联系管理员：每个实例需要自己的目录，详见日志。";
    StorageUnavailable "storage.unavailable" 503 true
        en: "The database does not answer.", "Try again in a moment.";
        zh: "数据库没有响应。", "请稍后重试。";
    ContextTrimmed "context.trimmed" 200 false
        en: "The {count} oldest messages no longer fit the model's context and were left out.", "";
        zh: "最早的 {count} 条消息超出模型上下文，未包含在内。", "";
    ContextRetried "context.retried" 200 false
        en: "The provider reads at most {limit} tokens. The {count} oldest messages were left out, and it was asked again.", "";
        zh: "服务商的上下文上限为 {limit} 个 token，已略去最早的 {count} 条消息并重新请求。", "";
    ContextFilesLeftOut "context.files_left_out" 200 false
        en: "{count} files of older messages were left out to save room.", "";
        zh: "为节省空间，较早消息中的 {count} 个文件未包含在内。", "";
    ProviderNextKey "provider.next_key" 200 false
        en: "The key in use was refused; trying another key, {number} of {of}.", "";
        zh: "当前密钥不可用，正在尝试第 {number} 个密钥（共 {of} 个）。", "";
    ProviderNextConnection "provider.next_connection" 200 false
        en: "The connection does not answer; trying the same model at {connection}.", "";
        zh: "该连接没有响应，正在通过“{connection}”请求同一模型。", "";
    ProviderWaiting "provider.waiting" 200 false
        en: "The provider asks to slow down; trying again in {seconds} s.", "";
        zh: "服务商要求降低请求频率，{seconds} 秒后重试。", "";

    DocumentUnsupported "document.unsupported" 415 false
        en: "Files of this kind cannot be read: {kind}.", "Attach PDF, Word (docx), Excel (xlsx, ods), PowerPoint (pptx), HTML, Markdown, code or plain text.";
        zh: "无法读取此类文件：{kind}。", "请上传 PDF、Word（docx）、Excel（xlsx、ods）、PowerPoint（pptx）、HTML、Markdown、代码或纯文本文件。";
    DocumentOldFormat "document.old_format" 415 false
        en: "{kind} is a format of Office 2003 and earlier, which is not read.", "Open the file in Office or WPS, save it as {instead}, and attach that.";
        zh: "{kind} 是 Office 2003 及更早版本的格式，无法读取。", "请用 Office 或 WPS 打开，另存为 {instead} 后再上传。";
    DocumentEncrypted "document.encrypted" 400 false
        en: "The document is protected with a password or encrypted.", "Save a copy without protection, for instance by printing it to PDF, and attach that.";
        zh: "文档设有密码或已加密。", "请另存一份未加密的副本（例如打印为 PDF）后再上传。";
    DocumentNoText "document.no_text" 400 false
        en: "No text was found in the document.", "If it is a scan, attach its pages as pictures, or run text recognition (OCR) on it first.";
        zh: "文档中没有可读取的文字。", "如果是扫描件，请把页面作为图片上传，或先进行文字识别（OCR）。";
    DocumentBroken "document.broken" 400 false
        en: "The document is damaged and cannot be read.", "Open it in its program, save it again, and attach the new file.";
        zh: "文档已损坏，无法读取。", "请用原程序打开并重新保存，再上传新文件。";
    DocumentTooLarge "document.too_large" 413 false
        en: "The file, or what it unpacks to, is larger than {limit}.", "Split it and attach the part that matters.";
        zh: "文件或其解压后的内容超过 {limit}。", "请拆分文件，只上传需要的部分。";
    DocumentTooManyPages "document.too_many_pages" 413 false
        en: "The document has more than {limit} pages, sheets or slides.", "Split it and attach the part that matters.";
        zh: "文档超过 {limit} 页（或工作表、幻灯片）。", "请拆分文件，只上传需要的部分。";
    DocumentTooSlow "document.too_slow" 400 false
        en: "Reading the document took longer than {seconds} s.", "Save it in a simpler form, for instance as plain text, and attach that.";
        zh: "读取文档超过了 {seconds} 秒。", "请另存为更简单的格式（例如纯文本）后再上传。";
    ImageUnsupported "image.unsupported" 415 false
        en: "Pictures of this kind cannot be read: {kind}.", "Save the picture as JPEG or PNG.";
        zh: "无法读取此类图片：{kind}。", "请将图片另存为 JPEG 或 PNG。";
    ImageTooLarge "image.too_large" 413 false
        en: "The picture is too large: {width} × {height} pixels; up to {limit} million are read.", "Make it smaller first.";
        zh: "图片过大：{width} × {height} 像素，最多支持 {limit} 百万像素。", "请先缩小图片。";
    ImageBroken "image.broken" 400 false
        en: "The picture is damaged and cannot be read.", "Open it in a picture program, save it again, and attach the new file.";
        zh: "图片已损坏，无法读取。", "请用图片程序打开并重新保存，再上传新文件。";
}

#[cfg(test)]
#[path = "code_tests.rs"]
mod tests;
