"""Words of the made-up names of the sample and of the benchmarks, in three scripts."""

# English, Traditional Chinese, Simplified Chinese.
FIRST = [
    ("Silent", "沉默", "沉默"), ("Golden", "黃金", "黄金"), ("Forgotten", "遺忘", "遗忘"),
    ("Electric", "電光", "电光"), ("Hidden", "隱藏", "隐藏"), ("Eastern", "東方", "东方"),
    ("Broken", "破碎", "破碎"), ("Endless", "無盡", "无尽"), ("Crimson", "赤紅", "赤红"),
    ("Midnight", "午夜", "午夜"), ("Paper", "紙上", "纸上"), ("Wandering", "流浪", "流浪"),
    ("Second", "第二", "第二"), ("Borrowed", "借來", "借来"), ("Neon", "霓虹", "霓虹"),
    ("Distant", "遠方", "远方"), ("Gentle", "溫柔", "温柔"), ("Invincible", "無敵", "无敌"),
    ("Winter", "冬日", "冬日"), ("Rising", "崛起", "崛起"), ("Jade", "翡翠", "翡翠"),
    ("Thunder", "雷霆", "雷霆"), ("Secret", "祕密", "秘密"), ("Lucky", "幸運", "幸运"),
    ("Lonely", "孤獨", "孤独"), ("Floating", "浮動", "浮动"), ("Iron", "鋼鐵", "钢铁"),
    ("Dreaming", "夢中", "梦中"), ("Hungry", "飢餓", "饥饿"), ("Brave", "勇敢", "勇敢"),
]  # fmt: skip
SECOND = [
    ("Harbour", "海港", "海港"), ("Dragon", "龍", "龙"), ("Detective", "偵探", "侦探"),
    ("Lantern", "燈籠", "灯笼"), ("Forensics", "法證", "法证"), ("Teahouse", "茶樓", "茶楼"),
    ("Orchestra", "樂團", "乐团"), ("Swordsman", "劍客", "剑客"), ("Witness", "證人", "证人"),
    ("Ferry", "渡輪", "渡轮"), ("Station", "車站", "车站"), ("Television", "電視", "电视"),
    ("Garden", "花園", "花园"), ("Night Market", "夜市", "夜市"), ("Phoenix", "鳳凰", "凤凰"),
    ("Customs", "海關", "海关"), ("Doctor", "醫生", "医生"), ("Courtroom", "法庭", "法庭"),
    ("Painter", "畫家", "画家"), ("Bridge", "橋", "桥"), ("Opera", "粵劇", "粤剧"),
    ("Taxi", "的士", "的士"), ("Typhoon", "颱風", "台风"), ("Kitchen", "廚房", "厨房"),
    ("Choir", "合唱團", "合唱团"), ("Island", "島嶼", "岛屿"), ("Memory", "記憶", "记忆"),
    ("Runner", "跑者", "跑者"), ("Mirror", "鏡子", "镜子"), ("Umbrella", "雨傘", "雨伞"),
]  # fmt: skip
PLACE = [
    ("of Kowloon", "九龍", "九龙"), ("in Central", "中環", "中环"), ("of the Peak", "山頂", "山顶"),
    ("at Sai Kung", "西貢", "西贡"), ("of Tai O", "大澳", "大澳"), ("in Mong Kok", "旺角", "旺角"),
    ("on Lantau", "大嶼山", "大屿山"), ("of Shau Kei Wan", "筲箕灣", "筲箕湾"),
    ("by the Border", "邊境", "边境"), ("of the Bay", "海灣", "海湾"), ("in Sha Tin", "沙田", "沙田"),
    ("of Yau Ma Tei", "油麻地", "油麻地"), ("under the Moon", "月下", "月下"),
    ("of Hong Kong", "香港", "香港"), ("in the Rain", "雨中", "雨中"), ("of Aberdeen", "香港仔", "香港仔"),
    ("after Dark", "入夜", "入夜"), ("of Stanley", "赤柱", "赤柱"), ("before Dawn", "黎明前", "黎明前"),
    ("at Victoria Park", "維園", "维园"),
]  # fmt: skip
FIRM = [
    ("Pictures", "影業", "影业"), ("Films", "電影", "电影"), ("Media", "傳媒", "传媒"),
    ("Entertainment", "娛樂", "娱乐"), ("Broadcasting", "廣播", "广播"), ("Studios", "製片廠", "制片厂"),
]  # fmt: skip
