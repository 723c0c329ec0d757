//! Clients elsewhere.

use super::Country;

pub const US: Country = Country {
    code: "US",
    currency: 1,
    locale: "en",
    dial: "+1415555",
    first: &[
        "Ava", "Dwayne", "Harper", "José", "Latoya", "Mason", "Siobhan", "Tyrell", "Zachary",
        "Renée",
    ],
    last: &[
        "Anderson",
        "Brooks",
        "Castañeda",
        "Delacroix",
        "Fitzgerald",
        "Hernández",
        "Kowalski",
        "Nguyen",
        "O'Brien",
        "Washington",
    ],
    trades: &[
        "Dental",
        "Roofing",
        "Coffee Roasters",
        "Law Group",
        "Yoga",
        "Hardware",
        "Pediatrics",
        "Brewing",
    ],
    suffixes: &["LLC", "Inc.", "Co.", "Group"],
    towns: &[
        ("San Francisco", "94107"),
        ("Austin", "78701"),
        ("Portland", "97205"),
        ("Cañon City", "81212"),
    ],
    streets: &[
        "Market Street",
        "Oak Avenue",
        "2nd Street",
        "Riverside Drive",
    ],
};

pub const JP: Country = Country {
    code: "JP",
    currency: 3,
    locale: "ja",
    dial: "+8135",
    first: &[
        "太郎|Taro",
        "花子|Hanako",
        "健一|Kenichi",
        "美咲|Misaki",
        "翔|Sho",
        "陽菜|Hina",
        "直樹|Naoki",
    ],
    last: &[
        "佐藤|Sato",
        "鈴木|Suzuki",
        "髙橋|Takahashi",
        "渡邉|Watanabe",
        "小林|Kobayashi",
        "齋藤|Saito",
        "森|Mori",
    ],
    trades: &[
        "珈琲店|Coffee",
        "歯科医院|Dental",
        "書店|Books",
        "建築設計|Architects",
        "醸造|Brewing",
        "眼鏡店|Optics",
    ],
    suffixes: &["株式会社", "合同会社", "有限会社"],
    towns: &[
        ("東京都渋谷区", "150-0002"),
        ("京都市中京区", "604-8005"),
        ("札幌市中央区", "060-0001"),
    ],
    streets: &["道玄坂", "河原町通", "大通西"],
};

pub const KW: Country = Country {
    code: "KW",
    currency: 4,
    locale: "ar",
    dial: "+9652",
    first: &[
        "أحمد|Ahmad",
        "فاطمة|Fatima",
        "خالد|Khalid",
        "نورة|Noura",
        "يوسف|Yousef",
        "مريم|Maryam",
    ],
    last: &[
        "الصباح|Al-Sabah",
        "العنزي|Al-Enezi",
        "المطيري|Al-Mutairi",
        "الرشيدي|Al-Rashidi",
        "العجمي|Al-Ajmi",
    ],
    trades: &[
        "عيادة|Clinic",
        "مطعم|Restaurant",
        "معرض|Gallery",
        "مكتبة|Library",
        "مجوهرات|Jewellery",
    ],
    suffixes: &["ذ.م.م", "وشركاه"],
    towns: &[
        ("مدينة الكويت", "13001"),
        ("السالمية", "22001"),
        ("حولي", "32001"),
    ],
    streets: &["شارع الخليج العربي", "شارع سالم المبارك"],
};

pub const BR: Country = Country {
    code: "BR",
    currency: 1,
    locale: "pt-BR",
    dial: "+5511",
    first: &["João", "Conceição", "Íris", "Tainá", "Antônio", "Luísa"],
    last: &[
        "Gonçalves",
        "Magalhães",
        "Araújo",
        "Brandão",
        "Conceição",
        "Simões",
    ],
    trades: &["Padaria", "Farmácia", "Clínica", "Estúdio", "Café"],
    suffixes: &["Ltda.", "S.A.", "ME"],
    towns: &[("São Paulo", "01310-100"), ("Florianópolis", "88010-001")],
    streets: &["Avenida Paulista", "Rua da Conceição"],
};

pub const TW: Country = Country {
    code: "TW",
    currency: 1,
    locale: "zh-TW",
    dial: "+8862",
    first: &[
        "志明|Chih-ming",
        "淑芬|Shu-fen",
        "建宏|Chien-hung",
        "怡君|Yi-chun",
    ],
    last: &["陳|Chen", "林|Lin", "黃|Huang", "張|Chang", "歐陽|Ouyang"],
    trades: &["茶行|Tea", "診所|Clinic", "書局|Books", "設計|Design"],
    suffixes: &["有限公司", "股份有限公司"],
    towns: &[("臺北市", "100"), ("高雄市", "800")],
    streets: &["忠孝東路", "中山北路"],
};
