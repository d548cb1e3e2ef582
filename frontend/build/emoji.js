// Emoji by name: what is offered after `:` in the text box. Fetched when somebody types the first one. Each row is the
// sign, its English names, and its Chinese names.

const ROWS = `
😀 grinning happy|笑脸 开心
😃 smiley happy|大笑 开心
😄 smile happy|微笑 眯眼笑
😁 grin beaming|露齿笑 嘻嘻
😆 laughing satisfied|哈哈 大笑
😅 sweat_smile|苦笑 尴尬笑
🤣 rofl rolling|笑倒 笑死
😂 joy tears|笑哭
🙂 slightly_smiling|浅笑 微笑
🙃 upside_down|倒脸
😉 wink|眨眼
😊 blush smiling|羞笑 微笑
😇 innocent angel|天使
🥰 smiling_hearts love|喜爱 爱心脸
😍 heart_eyes love|花痴 色
🤩 star_struck|星星眼 崇拜
😘 kissing_heart kiss|飞吻
😋 yum delicious|好吃 馋
😛 stuck_out_tongue|吐舌
😜 winking_tongue|调皮 吐舌眨眼
🤪 zany crazy|滑稽 疯狂
🤑 money_mouth|发财
🤗 hugging hug|抱抱 拥抱
🤭 hand_over_mouth|捂嘴笑 偷笑
🤫 shushing quiet|嘘 安静
🤔 thinking hmm|思考 想想
🤐 zipper_mouth|闭嘴
🤨 raised_eyebrow|挑眉 怀疑
😐 neutral|面无表情
😑 expressionless|无语
😶 no_mouth|沉默
😏 smirk|坏笑 得意
😒 unamused|不高兴 无聊
🙄 eye_roll|白眼
😬 grimacing|呲牙 尴尬
😌 relieved|如释重负 安心
😔 pensive|沉思 失落
😪 sleepy|困
😴 sleeping zzz|睡觉
😷 mask|口罩
🤒 thermometer_face sick|发烧 生病
🤕 bandage hurt|受伤
🤢 nauseated|恶心
🤧 sneezing|打喷嚏 感冒
🥵 hot_face|热
🥶 cold_face|冷
😵 dizzy_face|晕
🤯 exploding_head mind_blown|震惊 爆炸
🤠 cowboy|牛仔
🥳 partying party|庆祝 派对
😎 sunglasses cool|墨镜 酷
🤓 nerd|书呆子
🧐 monocle|单片眼镜
😕 confused|困惑
😟 worried|担心
🙁 frowning sad|难过
😮 open_mouth surprised|惊讶
😲 astonished|震惊
😳 flushed|脸红
🥺 pleading|可怜 求求
😨 fearful|害怕
😰 anxious cold_sweat|冷汗 焦虑
😥 disappointed_relieved|失望
😢 cry sad|哭 流泪
😭 sob crying|大哭
😱 scream|尖叫 吓
😞 disappointed|失望
😓 sweat|汗
😩 weary|疲惫
😫 tired|累
🥱 yawning|打哈欠
😤 triumph|哼 生气
😡 rage pouting angry|愤怒
😠 angry|生气
🤬 cursing|骂人
😈 smiling_imp|恶魔笑
💀 skull|骷髅
💩 poop|便便
🤡 clown|小丑
👻 ghost|鬼 幽灵
👽 alien|外星人
🤖 robot|机器人
😺 smiley_cat|猫笑
🙈 see_no_evil|非礼勿视
🙉 hear_no_evil|非礼勿听
🙊 speak_no_evil|非礼勿言
👋 wave hello bye|挥手 你好 再见
🤚 raised_back_of_hand|手背
✋ raised_hand|举手 停
🖖 vulcan|瓦肯
👌 ok_hand|好的 没问题
🤏 pinching|一点点
✌️ victory peace|胜利 耶
🤞 crossed_fingers|祈祷 好运
🤟 love_you|爱你
🤘 metal|摇滚
🤙 call_me|打电话
👈 point_left|向左
👉 point_right|向右
👆 point_up|向上
👇 point_down|向下
👍 thumbsup +1 yes like|赞 好 点赞
👎 thumbsdown -1 no dislike|踩 差
✊ fist|拳头
👊 punch|拳
👏 clap applause|鼓掌
🙌 raised_hands hooray|举双手 万岁
👐 open_hands|张开手
🤝 handshake deal|握手
🙏 pray please thanks|祈祷 拜托 谢谢
✍️ writing_hand|写字
💅 nail_care|美甲
💪 muscle strong|肌肉 加油
🧠 brain|大脑
👀 eyes look|眼睛 看
👁️ eye|眼睛
👂 ear|耳朵
👄 mouth|嘴
👶 baby|婴儿
👦 boy|男孩
👧 girl|女孩
👨 man|男人
👩 woman|女人
👴 old_man|爷爷
👵 old_woman|奶奶
🙋 raising_hand|举手
🤷 shrug|耸肩 摊手
🤦 facepalm|捂脸
🙇 bow|鞠躬
👮 police|警察
👷 construction_worker|工人
🧑‍💻 technologist programmer|程序员
🧑‍🏫 teacher|老师
🧑‍🎓 student graduate|学生
🧑‍⚕️ health_worker doctor|医生
🏃 running run|跑步
🚶 walking walk|走路
💃 dancer dancing|跳舞
👪 family|家庭
❤️ heart love red_heart|爱心 红心
🧡 orange_heart|橙心
💛 yellow_heart|黄心
💚 green_heart|绿心
💙 blue_heart|蓝心
💜 purple_heart|紫心
🖤 black_heart|黑心
🤍 white_heart|白心
💔 broken_heart|心碎
💕 two_hearts|双心
💖 sparkling_heart|闪亮的心
💯 hundred 100|满分 一百分
💢 anger|怒
💥 boom collision|爆炸
💫 dizzy|头晕 星星
💦 sweat_drops|水滴
💨 dash|风 快
💬 speech_balloon chat|对话 聊天
💭 thought_balloon|想法
💤 zzz|睡
🐶 dog|狗
🐱 cat|猫
🐭 mouse|老鼠
🐰 rabbit|兔子
🦊 fox|狐狸
🐻 bear|熊
🐼 panda|熊猫
🐯 tiger|老虎
🦁 lion|狮子
🐮 cow|牛
🐷 pig|猪
🐸 frog|青蛙
🐵 monkey|猴子
🐔 chicken|鸡
🐧 penguin|企鹅
🐦 bird|鸟
🦉 owl|猫头鹰
🐴 horse|马
🦄 unicorn|独角兽
🐝 bee|蜜蜂
🐛 bug|虫子
🦋 butterfly|蝴蝶
🐌 snail|蜗牛
🐢 turtle|乌龟
🐍 snake python|蛇
🐙 octopus|章鱼
🦀 crab rust|螃蟹
🐟 fish|鱼
🐬 dolphin|海豚
🐳 whale docker|鲸鱼
🐘 elephant|大象
🐑 sheep|羊
🐉 dragon|龙
🌵 cactus|仙人掌
🌲 evergreen tree|松树 树
🌱 seedling|幼苗 发芽
🍀 clover luck|四叶草 幸运
🍁 maple_leaf|枫叶
🌸 cherry_blossom|樱花
🌹 rose|玫瑰
🌻 sunflower|向日葵
🌞 sun_face|太阳
🌙 moon|月亮
⭐ star|星星
🌟 glowing_star star2|闪亮星星
✨ sparkles|闪光
⚡ zap lightning|闪电
🔥 fire|火
🌈 rainbow|彩虹
☀️ sunny sun|晴天 太阳
⛅ partly_sunny cloud|多云
☁️ cloud|云
🌧️ rain|下雨
❄️ snowflake snow|雪
☃️ snowman|雪人
💧 droplet water|水滴
🌊 ocean wave_water|海浪
🌍 earth world globe|地球 世界
🍎 apple|苹果
🍊 orange|橙子
🍋 lemon|柠檬
🍌 banana|香蕉
🍉 watermelon|西瓜
🍇 grapes|葡萄
🍓 strawberry|草莓
🍑 peach|桃子
🥑 avocado|牛油果
🍅 tomato|番茄
🌶️ hot_pepper|辣椒
🍞 bread|面包
🧀 cheese|奶酪
🍔 hamburger burger|汉堡
🍟 fries|薯条
🍕 pizza|披萨
🍚 rice|米饭
🍜 noodles ramen|面条
🥟 dumpling|饺子
🍣 sushi|寿司
🍦 ice_cream|冰淇淋
🍰 cake|蛋糕
🎂 birthday|生日蛋糕 生日
🍪 cookie|饼干
🍫 chocolate|巧克力
🍿 popcorn|爆米花
☕ coffee|咖啡
🍵 tea|茶
🧋 bubble_tea|奶茶
🍺 beer|啤酒
🍻 cheers beers|干杯
🥂 clinking_glasses|碰杯
🍷 wine|红酒
⚽ soccer football|足球
🏀 basketball|篮球
🏓 ping_pong|乒乓球
🎾 tennis|网球
🏆 trophy|奖杯
🥇 gold_medal first|金牌
🎯 dart target|靶心 目标
🎮 video_game|游戏
🎲 dice|骰子
🧩 puzzle|拼图
🎨 art palette|美术 调色板
🎵 music note|音乐
🎤 microphone|麦克风
🎧 headphones|耳机
🎸 guitar|吉他
🎬 clapper film|电影
🎉 tada party_popper|庆祝 撒花
🎊 confetti|彩带
🎁 gift present|礼物
🎈 balloon|气球
🎄 christmas_tree|圣诞树
🎃 pumpkin halloween|南瓜
🧧 red_envelope|红包
🏮 lantern|灯笼
🚗 car|汽车
🚕 taxi|出租车
🚌 bus|公交车
🚲 bike bicycle|自行车
🚄 train|火车 高铁
🚇 metro subway|地铁
✈️ airplane plane|飞机
🚀 rocket launch|火箭
🛸 ufo|飞碟
⛵ sailboat|帆船
🚢 ship|轮船
🚦 traffic_light|红绿灯
🏠 house home|房子 家
🏢 office|办公楼
🏫 school|学校
🏥 hospital|医院
🏦 bank|银行
🏖️ beach|海滩
⛰️ mountain|山
🗺️ map|地图
⌚ watch|手表
📱 phone mobile|手机
💻 laptop computer|电脑
🖥️ desktop|台式机
⌨️ keyboard|键盘
🖨️ printer|打印机
💾 floppy save|软盘 保存
📷 camera|相机
📺 tv|电视
🔋 battery|电池
🔌 plug|插头
💡 bulb idea|灯泡 主意
🔦 flashlight|手电筒
📖 book open_book|书
📚 books|书本
📝 memo note|备忘 笔记
✏️ pencil|铅笔
📌 pushpin pin|图钉
📎 paperclip|回形针
✂️ scissors|剪刀
📏 ruler|尺子
📅 calendar date|日历
📈 chart_up growth|上升 增长
📉 chart_down|下降
📊 bar_chart|图表
📋 clipboard|剪贴板
📁 folder|文件夹
🗑️ wastebasket trash|垃圾桶
🔒 lock|锁
🔓 unlock|开锁
🔑 key|钥匙
🔨 hammer|锤子
🔧 wrench|扳手
⚙️ gear settings|齿轮 设置
🧪 test_tube experiment|试管 实验
🔬 microscope|显微镜
🔭 telescope|望远镜
💊 pill|药
🩹 bandage|创可贴
🧹 broom|扫帚
🛒 cart shopping|购物车
💰 moneybag money|钱袋 钱
💳 credit_card|信用卡
💎 gem diamond|钻石
⚖️ scales balance|天平
🧲 magnet|磁铁
📦 package box|包裹 箱子
✉️ envelope mail|信封 邮件
📧 email|电子邮件
📮 postbox|邮筒
🔔 bell notification|铃铛 通知
🔕 no_bell|静音
📣 megaphone|喇叭
🔍 mag search|搜索 放大镜
⏰ alarm_clock|闹钟
⏳ hourglass|沙漏
⌛ hourglass_done|时间到
✅ check done white_check_mark|完成 对勾
✔️ heavy_check|对
❌ x cross no|错 叉
❗ exclamation|感叹号
❓ question|问号
⚠️ warning|警告
🚫 no_entry forbidden|禁止
⛔ stop|停止
♻️ recycle|回收
➕ plus add|加
➖ minus|减
✖️ multiply|乘
➗ divide|除
♾️ infinity|无限
🔁 repeat|重复
🔄 refresh arrows|刷新
⬆️ arrow_up|上
⬇️ arrow_down|下
⬅️ arrow_left|左
➡️ arrow_right|右
🔝 top|顶
🆗 ok|好
🆕 new|新
🆘 sos help|求助
🔴 red_circle|红圈
🟠 orange_circle|橙圈
🟡 yellow_circle|黄圈
🟢 green_circle|绿圈
🔵 blue_circle|蓝圈
🟣 purple_circle|紫圈
⚫ black_circle|黑圈
⚪ white_circle|白圈
🏁 checkered_flag finish|终点
🚩 red_flag|红旗
🏳️ white_flag|白旗
🇨🇳 china cn|中国
🇺🇸 usa us|美国
🇬🇧 uk gb|英国
🇯🇵 japan jp|日本
🇰🇷 korea kr|韩国
🇩🇪 germany de|德国
🇫🇷 france fr|法国
`;

/// How many are offered at once.
const MOST = 12;

const all = ROWS.trim().split("\n").map((row) => {
  const [, sign, en, zh] = /^(\S+) ([^|]+)\|(.+)$/.exec(row);
  return { sign, en: en.split(" "), zh: zh.split(" ") };
});

/// How well a name fits: 0 to the letter, 1 its beginning, 2 the beginning of a later word, or, in Chinese, any piece of
/// it; more for not at all.
function rank(name, search) {
  if (name === search) return 0;
  if (name.startsWith(search)) return 1;
  return name.includes(/^[\w+-]+$/.test(search) ? `_${search}` : search) ? 2 : 3;
}

/// What fits a search, the best first: rows of the sign, the name that fits, and the first name in the other language.
export function find(search) {
  const names = ({ en, zh }) => [...en.map((name) => [name, zh[0]]), ...zh.map((name) => [name, en[0]])];
  const best = (entry) => names(entry).map(([name, other]) => [rank(name, search), name, other]).sort((a, b) => a[0] - b[0])[0];
  const ranked = all.map((entry) => [...best(entry), entry.sign]).filter(([rank]) => rank < 3);
  return ranked.sort((a, b) => a[0] - b[0]).slice(0, MOST).map(([, name, other, sign]) => [sign, name, other]);
}
