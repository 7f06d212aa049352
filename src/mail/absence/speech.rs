//! How people say that they are away, until when, and when they are back. The one table of it, by language.

/// The words of one language, in lower case.
#[derive(Debug)]
pub struct Tongue {
    /// What says that the text is about an absence at all; beginnings of words.
    pub away: &'static [&'static str],
    /// Before the last day.
    pub until: &'static [&'static str],
    /// The same, between the first day and the last.
    pub between: &'static [&'static str],
    /// After the last day.
    pub until_after: &'static [&'static str],
    /// In the sentence that names the first day back; beginnings of words.
    pub back: &'static [&'static str],
    /// Before the first day of something: of the absence, or of being back.
    pub since: &'static [&'static str],
    pub order: Order,
}

/// What comes first in `01/02/2026`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    DayFirst,
    MonthFirst,
    /// Some write it one way and some the other.
    Either,
}

const SIGNS: &[&str] = &["-", "–", "—", "~", "〜", "～", "→"];

pub const TONGUES: &[Tongue] = &[
    // English
    Tongue {
        away: &[
            "out of office",
            "out of the office",
            "out-of-office",
            "ooo",
            "on leave",
            "annual leave",
            "parental leave",
            "maternity leave",
            "paternity leave",
            "sick leave",
            "on vacation",
            "on holiday",
            "i am away",
            "i'm away",
            "i will be away",
            "i'll be away",
            "currently away",
            "away from",
            "away until",
            "am travelling",
            "am traveling",
            "not in the office",
            "absent from",
            "i am absent",
            "be back",
            "will return",
            "am currently out",
            "will be out",
            "i am out",
            "i'm out",
            "limited access to",
            "no access to",
            "pto",
            "business trip",
        ],
        until: &[
            "until",
            "till",
            "til",
            "through",
            "thru",
            "up to",
            "to and including",
            "up to and including",
            "ending",
        ],
        between: &["to", "and", "-", "–", "—", "~", "→"],
        until_after: &[],
        back: &["back", "return", "resume", "in the office again", "available again", "reachable again"],
        since: &["from", "since", "starting", "as of", "between"],
        order: Order::Either,
    },
    // German
    Tongue {
        away: &[
            "abwesen",
            "nicht im büro",
            "nicht im hause",
            "nicht im haus",
            "urlaub",
            "außer haus",
            "ausser haus",
            "nicht erreichbar",
            "elternzeit",
            "dienstreise",
            "nicht am platz",
            "wieder erreichbar",
            "wieder im büro",
        ],
        until: &["bis", "bis zum", "einschl", "einschließlich", "inklusive"],
        between: &["bis", "und", "-", "–", "—"],
        until_after: &[],
        back: &["wieder", "zurück", "rückkehr", "kehre"],
        since: &["ab", "vom", "von", "seit", "zwischen"],
        order: Order::DayFirst,
    },
    // French
    Tongue {
        away: &[
            "absent",
            "absence",
            "en congé",
            "congés",
            "vacances",
            "en déplacement",
            "de retour",
            "hors du bureau",
            "hors bureau",
        ],
        until: &["jusqu'au", "jusqu'à", "jusqu'a", "jusque", "inclus"],
        between: &["au", "à", "a", "et", "-", "–", "—"],
        until_after: &[],
        back: &["retour", "reviendrai", "reviens", "serai de nouveau", "rentre", "joignable à partir"],
        since: &["du", "depuis", "dès", "à partir", "à compter", "entre", "de"],
        order: Order::DayFirst,
    },
    // Spanish
    Tongue {
        away: &[
            "fuera de la oficina",
            "fuera de oficina",
            "fuera de mi oficina",
            "vacaciones",
            "ausente",
            "ausencia",
            "estaré fuera",
            "no estaré",
            "de permiso",
            "de baja",
            "de viaje",
        ],
        until: &["hasta", "hasta el"],
        between: &["al", "a", "y", "-", "–", "—"],
        until_after: &[],
        back: &[
            "vuelvo",
            "volveré",
            "regreso",
            "regresaré",
            "regresar",
            "de vuelta",
            "reincorpor",
            "retorno",
        ],
        since: &["del", "desde", "a partir", "entre", "de"],
        order: Order::DayFirst,
    },
    // Portuguese
    Tongue {
        away: &[
            "férias",
            "ferias",
            "ausente",
            "ausência",
            "fora do escritório",
            "fora da empresa",
            "licença",
            "em viagem",
            "estarei fora",
        ],
        until: &["até", "ate"],
        between: &["a", "ao", "e", "-", "–", "—"],
        until_after: &[],
        back: &["retorn", "regress", "volto", "voltarei", "de volta"],
        since: &["de", "do", "desde", "a partir", "entre"],
        order: Order::DayFirst,
    },
    // Italian
    Tongue {
        away: &[
            "fuori sede",
            "fuori ufficio",
            "in ferie",
            "ferie",
            "assente",
            "assenza",
            "in trasferta",
            "in congedo",
        ],
        until: &["fino al", "fino all'", "fino a", "sino al", "fino", "compreso"],
        between: &["al", "all'", "a", "e", "-", "–", "—"],
        until_after: &[],
        back: &["rientr", "torner", "ritorn", "di nuovo", "nuovamente", "di ritorno"],
        since: &["dal", "dall'", "da", "a partire", "tra"],
        order: Order::DayFirst,
    },
    // Dutch
    Tongue {
        away: &[
            "afwezig",
            "vakantie",
            "niet aanwezig",
            "niet op kantoor",
            "met verlof",
            "verlof",
            "buiten kantoor",
        ],
        until: &["tot", "tot en met", "t/m", "tm", "t.e.m"],
        between: &["tot", "en", "-", "–", "—"],
        until_after: &[],
        back: &["terug", "weer"],
        since: &["van", "vanaf", "sinds", "tussen"],
        order: Order::DayFirst,
    },
    // Polish
    Tongue {
        away: &["nieobecn", "urlop", "poza biurem", "na zwolnieniu", "delegacj"],
        until: &["do", "do dnia"],
        between: &["do", "a", "-", "–", "—"],
        until_after: &[],
        back: &["wracam", "wrócę", "powr", "ponownie", "z powrotem"],
        since: &["od", "od dnia", "między", "w dniach"],
        order: Order::DayFirst,
    },
    // Czech and Slovak
    Tongue {
        away: &["dovolen", "nepřítom", "neprítom", "mimo kancelář", "na služební cestě"],
        until: &["do"],
        between: &["do", "až", "a", "-", "–", "—"],
        until_after: &[],
        back: &["zpět", "späť", "vrátím", "vracím", "opět"],
        since: &["od"],
        order: Order::DayFirst,
    },
    // Russian
    Tongue {
        away: &[
            "отпуск",
            "отсутств",
            "командировк",
            "не в офисе",
            "вне офиса",
            "нет на месте",
            "нет в офисе",
            "больничн",
        ],
        until: &["до", "по"],
        between: &["по", "до", "и", "-", "–", "—"],
        until_after: &["включительно"],
        back: &[
            "верн",
            "возвращ",
            "вновь",
            "снова",
            "выход",
            "выйду",
            "буду на работе",
            "буду в офисе",
            "буду на связи",
        ],
        since: &["с", "со", "от", "между"],
        order: Order::DayFirst,
    },
    // Ukrainian
    Tongue {
        away: &["відпуст", "відсутн", "відрядженн", "не в офісі", "лікарнян"],
        until: &["до", "по"],
        between: &["по", "до", "і", "-", "–", "—"],
        until_after: &["включно"],
        back: &["повер", "знову", "вийду"],
        since: &["з", "із", "від"],
        order: Order::DayFirst,
    },
    // Turkish
    Tongue {
        away: &[
            "izindeyim",
            "izinde",
            "izinli",
            "yıllık izin",
            "tatil",
            "ofis dışı",
            "ofiste değil",
            "ofiste bulunm",
            "iş seyahat",
            "dışındayım",
        ],
        until: &[],
        between: &["ile", "-", "–", "—"],
        until_after: &[
            "tarihine kadar",
            "tarihleri arası",
            "tarihine dek",
            "kadar",
            "arasında",
            "'a kadar",
            "'e kadar",
            "'ya kadar",
            "'ye kadar",
            "'na kadar",
            "'ne kadar",
            "'una kadar",
        ],
        back: &["dön", "tekrar", "yeniden"],
        since: &["itibaren"],
        order: Order::DayFirst,
    },
    // Swedish
    Tongue {
        away: &[
            "semester",
            "frånvar",
            "inte på kontoret",
            "tjänstledig",
            "föräldraledig",
            "inte på plats",
            "bortrest",
            "tjänsteresa",
        ],
        until: &["till", "t.o.m", "t o m", "tom", "till och med", "fram till"],
        between: &["till", "och", "-", "–", "—"],
        until_after: &[],
        back: &["tillbaka", "åter", "igen"],
        since: &["från", "fr.o.m", "from", "mellan"],
        order: Order::DayFirst,
    },
    // Danish and Norwegian
    Tongue {
        away: &[
            "ferie",
            "fravær",
            "ikke på kontoret",
            "permisjon",
            "orlov",
            "bortreist",
            "tjenestereise",
            "forretningsrejse",
        ],
        until: &["til", "til og med", "t.o.m", "tom", "frem til", "indtil"],
        between: &["til", "og", "-", "–", "—"],
        until_after: &[],
        back: &["tilbake", "tilbage", "igen", "igjen"],
        since: &["fra", "fra og med", "mellom", "mellem"],
        order: Order::DayFirst,
    },
    // Finnish
    Tongue {
        away: &[
            "lomalla",
            "poissa",
            "vapaalla",
            "loma",
            "työmatkalla",
            "en ole paikalla",
            "en ole toimistolla",
        ],
        until: &[],
        between: &["-", "–", "—"],
        until_after: &["asti", "saakka", "mennessä"],
        back: &["palaan", "takaisin", "jälleen", "paikalla taas"],
        since: &[],
        order: Order::DayFirst,
    },
    // Hungarian
    Tongue {
        away: &[
            "szabadság",
            "házon kívül",
            "irodán kívül",
            "nem vagyok az irodában",
            "távol vagyok",
            "távol leszek",
        ],
        until: &[],
        between: &["-", "–", "—"],
        until_after: &["-ig", "ig", "-jéig", "-éig", "-áig", "-ig."],
        back: &["vissza", "újra", "ismét"],
        since: &[],
        order: Order::DayFirst,
    },
    // Romanian
    Tongue {
        away: &["concediu", "absent", "în afara biroului", "nu sunt la birou", "delegație"],
        until: &["până la", "pana la", "până pe", "până în", "pana pe", "până"],
        between: &["și", "la", "-", "–", "—"],
        until_after: &[],
        back: &["revin", "întorc", "înapoi", "din nou"],
        since: &["din", "de la", "începând", "între"],
        order: Order::DayFirst,
    },
    // Greek
    Tongue {
        away: &["εκτός γραφείου", "άδεια", "απουσι", "λείπω"],
        until: &["έως", "μέχρι", "έως και", "μέχρι και", "ως"],
        between: &["έως", "και", "-", "–", "—"],
        until_after: &[],
        back: &["επιστρ", "πίσω", "ξανά"],
        since: &["από"],
        order: Order::DayFirst,
    },
    // Arabic
    Tongue {
        away: &["إجازة", "اجازة", "خارج المكتب", "غائب", "غير متواجد", "الإجازة", "سفر"],
        until: &["حتى", "إلى", "الى", "لغاية", "ولغاية", "حتى تاريخ", "إلى غاية"],
        between: &["إلى", "الى", "و", "-", "–", "—"],
        until_after: &[],
        back: &["سأعود", "أعود", "اعود", "العودة", "عودتي"],
        since: &["من", "منذ", "اعتبارا من", "ابتداء من"],
        order: Order::DayFirst,
    },
    // Hebrew
    Tongue {
        away: &["חופשה", "מחוץ למשרד", "לא במשרד", "היעדרות"],
        until: &["עד", "עד ה", "עד ל", "ועד"],
        between: &["עד", "-", "–", "—"],
        until_after: &[],
        back: &["אחזור", "אשוב", "חוזר"],
        since: &["מ", "החל מ"],
        order: Order::DayFirst,
    },
    // Chinese
    Tongue {
        away: &[
            "休假",
            "出差",
            "不在办公室",
            "不在辦公室",
            "外出",
            "假期",
            "年假",
            "放假",
            "度假",
            "产假",
            "產假",
            "病假",
            "公出",
            "请假",
            "請假",
            "外勤",
            "不在公司",
        ],
        until: &["至", "到", "截至", "截止", "直至", "直到", "截止到"],
        between: &["至", "到", "和", "-", "–", "—", "~", "〜"],
        until_after: &["为止", "為止", "止", "之前", "前", "期间", "期間"],
        back: &[
            "返回",
            "回来",
            "回來",
            "恢复",
            "恢復",
            "回到",
            "返岗",
            "返崗",
            "上班",
            "返工",
            "回公司",
            "回复您",
            "复工",
        ],
        since: &["从", "從", "自", "由", "于", "於"],
        order: Order::MonthFirst,
    },
    // Japanese
    Tongue {
        away: &["不在", "休暇", "お休み", "休みを", "出張", "休業", "外出", "休みとなり"],
        until: &["至"],
        between: &["から", "より", "-", "–", "—", "~", "〜"],
        until_after: &["まで", "迄"],
        back: &["出社", "復帰", "戻り", "以降", "再開", "出勤"],
        since: &["自"],
        order: Order::MonthFirst,
    },
    // Korean
    Tongue {
        away: &["부재", "휴가", "출장", "자리를 비", "휴무", "연차", "휴직"],
        until: &[],
        between: &["부터", "에서", "-", "–", "—", "~", "〜"],
        until_after: &["까지"],
        back: &["복귀", "출근", "돌아"],
        since: &[],
        order: Order::MonthFirst,
    },
    // Vietnamese
    Tongue {
        away: &["nghỉ phép", "vắng mặt", "đi công tác", "không có mặt tại văn phòng"],
        until: &["đến", "đến ngày", "tới", "cho đến", "đến hết"],
        between: &["đến", "-", "–", "—"],
        until_after: &[],
        back: &["trở lại", "quay lại"],
        since: &["từ"],
        order: Order::DayFirst,
    },
    // Thai
    Tongue {
        away: &["ลาพักร้อน", "ลาพัก", "ลาหยุด", "ไม่อยู่ที่สำนักงาน", "วันลา"],
        until: &["ถึง", "จนถึง", "ถึงวันที่", "จนถึงวันที่"],
        between: &["ถึง", "-", "–", "—"],
        until_after: &[],
        back: &["กลับ"],
        since: &["ตั้งแต่", "ตั้งแต่วันที่"],
        order: Order::DayFirst,
    },
    // Indonesian
    Tongue {
        away: &["cuti", "di luar kantor", "sedang tidak di kantor"],
        until: &["hingga", "sampai", "sampai dengan", "s.d", "s/d"],
        between: &["hingga", "sampai", "-", "–", "—"],
        until_after: &[],
        back: &["kembali"],
        since: &["dari", "mulai", "sejak"],
        order: Order::DayFirst,
    },
];

/// The languages of a text in which it says that somebody is away.
#[derive(Debug)]
pub struct Speech {
    pub tongues: Vec<&'static Tongue>,
}

impl Speech {
    pub fn of(text: &str) -> Self {
        let speaks = |tongue: &&Tongue| tongue.away.iter().any(|begin| begins_word(text, begin));
        Self { tongues: TONGUES.iter().filter(speaks).collect() }
    }

    /// What comes first in a day of numbers alone.
    pub fn order(&self) -> Order {
        let mut orders = self.tongues.iter().map(|tongue| tongue.order);
        let first = orders.next().unwrap_or(Order::Either);
        if orders.all(|order| order == first) { first } else { Order::Either }
    }

    fn any(&self, of: fn(&Tongue) -> &'static [&'static str], is: impl Fn(&str) -> bool) -> bool {
        self.tongues.iter().any(|tongue| of(tongue).iter().any(|marker| is(marker)))
    }

    /// Whether these words end with one that stands before a last day.
    pub fn ends_with_until(&self, before: &str) -> bool {
        self.any(|tongue| tongue.until, |marker| ends_with(before, marker))
    }

    pub fn ends_with_between(&self, before: &str) -> bool {
        SIGNS.iter().any(|sign| before.ends_with(sign))
            || self.any(|tongue| tongue.between, |marker| ends_with(before, marker))
    }

    pub fn ends_with_since(&self, before: &str) -> bool {
        self.any(|tongue| tongue.since, |marker| ends_with(before, marker))
    }

    /// Whether these words begin with one that stands behind a last day.
    pub fn begins_with_until(&self, after: &str) -> bool {
        self.any(|tongue| tongue.until_after, |marker| begins_with(after, marker))
    }

    /// Whether these words tell of coming back.
    pub fn tells_of_return(&self, words: &str) -> bool {
        self.any(|tongue| tongue.back, |marker| begins_word(words, marker))
    }
}

/// Whether a word of a text begins like this. Scripts without spaces have no words.
fn begins_word(text: &str, begin: &str) -> bool {
    text.match_indices(begin)
        .any(|(at, _)| !is_lettered(begin.chars().next()) || !is_lettered(text[..at].chars().next_back()))
}

fn ends_with(text: &str, marker: &str) -> bool {
    let Some(rest) = text.strip_suffix(marker) else { return false };
    !is_lettered(marker.chars().next()) || !is_lettered(rest.chars().next_back())
}

fn begins_with(text: &str, marker: &str) -> bool {
    let Some(rest) = text.strip_prefix(marker) else { return false };
    !is_lettered(marker.chars().next_back()) || !is_lettered(rest.chars().next())
}

/// A letter of a script whose words have spaces between them.
pub fn is_lettered(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_alphabetic() && !is_tight(c))
}

/// A letter of a script without spaces, or, as Korean, with words that take endings.
pub fn is_tight(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '々')
}
