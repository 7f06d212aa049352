//! What the columns of a CSV file hold, by the names that programs and people give them in many languages.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Full,
    Given,
    Middle,
    Family,
    Address,
    Phone,
    Department,
    Position,
}

const FULL: &[&str] = &[
    "name",
    "fullname",
    "displayname",
    "commonname",
    "cn",
    "fn",
    "person",
    "employee",
    "employeename",
    "contactname",
    "anzeigename",
    "vollername",
    "vollständigername",
    "mitarbeiter",
    "nomcomplet",
    "nomaffiché",
    "nomprénom",
    "nombrecompleto",
    "nomecompleto",
    "nomevisualizzato",
    "nombreparamostrar",
    "фио",
    "имяифамилия",
    "姓名",
    "全名",
    "名称",
    "显示名称",
    "显示名",
    "中文名",
    "中文姓名",
    "员工姓名",
    "联系人",
    "联系人姓名",
    "姓名全称",
    "顯示名稱",
    "氏名",
    "名前",
    "表示名",
    "이름",
    "성명",
];
const GIVEN: &[&str] = &[
    "firstname",
    "first",
    "given",
    "givenname",
    "forename",
    "vorname",
    "rufname",
    "prénom",
    "prenom",
    "nombre",
    "voornaam",
    "förnamn",
    "imię",
    "имя",
    "名",
    "名字",
];
const MIDDLE: &[&str] =
    &["middlename", "middle", "additionalname", "zweitervorname", "weiterevornamen", "отчество", "中间名"];
const FAMILY: &[&str] = &[
    "lastname",
    "last",
    "surname",
    "familyname",
    "family",
    "sn",
    "nachname",
    "familienname",
    "zuname",
    "nom",
    "nomdefamille",
    "apellido",
    "apellidos",
    "cognome",
    "sobrenome",
    "apelido",
    "achternaam",
    "efternamn",
    "nazwisko",
    "фамилия",
    "姓",
    "姓氏",
];
const ADDRESS: &[&str] = &[
    "mail",
    "mails",
    "mailaddress",
    "mailadresse",
    "smtp",
    "smtpaddress",
    "primarysmtpaddress",
    "proxyaddresses",
    "courriel",
    "adressecourriel",
    "correo",
    "correoelectrónico",
    "correoelectronico",
    "epost",
    "epostadress",
    "адресэлпочты",
    "почта",
    "электроннаяпочта",
    "邮箱",
    "邮件",
    "邮箱地址",
    "邮件地址",
    "电子邮箱",
    "工作邮箱",
    "公司邮箱",
    "企业邮箱",
    "個人郵箱",
    "個人信箱",
    "電子郵件",
    "電郵",
    "郵箱",
    "信箱",
    "メール",
    "メールアドレス",
    "電子メール",
    "电子邮件",
    "이메일",
    "전자메일",
    "메일",
];
const PHONE: &[&str] = &[
    "tel",
    "telno",
    "telnr",
    "telephonenumber",
    "cell",
    "handy",
    "handynr",
    "handynummer",
    "rufnummer",
    "durchwahl",
    "extension",
    "ext",
    "portable",
    "móvil",
    "movil",
    "teléfono",
    "téléphone",
    "telemóvel",
    "celular",
    "cellulare",
    "telefono",
    "телефон",
    "мобильный",
    "手机号",
    "分机",
    "分机号",
    "联系方式",
    "内線",
    "전화",
    "휴대폰",
];
/// A column is one of phones when these stand in its name, and none of `NO_PHONE`.
const PHONE_PARTS: &[&str] =
    &["phone", "telefon", "mobil", "phonenumber", "电话", "手机", "座机", "電話", "手機", "携帯", "전화"];
const NO_PHONE: &[&str] = &[
    "type",
    "label",
    "fax",
    "pager",
    "assistant",
    "companymain",
    "phonetic",
    "传真",
    "类型",
    "助理",
    "单位主",
    "tty",
    "isdn",
    "telex",
];
const DEPARTMENT: &[&str] = &[
    "department",
    "departmentname",
    "dept",
    "dep",
    "deptname",
    "ou",
    "orgunit",
    "organizationalunit",
    "organisationalunit",
    "organizationdepartment",
    "organization1department",
    "unit",
    "division",
    "abteilung",
    "organisationseinheit",
    "bereich",
    "service",
    "département",
    "departamento",
    "dipartimento",
    "reparto",
    "ufficio",
    "afdeling",
    "avdelning",
    "dział",
    "отдел",
    "подразделение",
    "部门",
    "所属部门",
    "部门名称",
    "所在部门",
    "一级部门",
    "科室",
    "部門",
    "處室",
    "部署",
    "所属",
    "所属部署",
    "部署名",
    "부서",
    "부서명",
];
const POSITION: &[&str] = &[
    "position",
    "jobtitle",
    "title",
    "job",
    "role",
    "jobposition",
    "organizationtitle",
    "organization1title",
    "funktion",
    "stelle",
    "stellenbezeichnung",
    "positionsbezeichnung",
    "fonction",
    "poste",
    "titredeposte",
    "cargo",
    "puesto",
    "função",
    "mansione",
    "qualifica",
    "functie",
    "befattning",
    "stanowisko",
    "должность",
    "职位",
    "职务",
    "岗位",
    "职称",
    "職位",
    "職務",
    "職稱",
    "役職",
    "肩書き",
    "직위",
    "직책",
    "직급",
];

/// What each column of a header holds, `None` for what we do not keep.
pub(super) fn columns_of(header: &[&str]) -> Vec<Option<Column>> {
    let names: Vec<String> = header.iter().map(|name| plain(name)).collect();
    let mut columns: Vec<Option<Column>> = names.iter().map(|name| column_of(name)).collect();
    settle(&names, &mut columns);
    columns
}

/// In lower case, letters and digits only: `E-Mail Address` and `email_address` are one.
fn plain(name: &str) -> String {
    name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

fn column_of(name: &str) -> Option<Column> {
    let tables: [(&[&str], Column); 8] = [
        (FULL, Column::Full),
        (GIVEN, Column::Given),
        (MIDDLE, Column::Middle),
        (FAMILY, Column::Family),
        (ADDRESS, Column::Address),
        (PHONE, Column::Phone),
        (DEPARTMENT, Column::Department),
        (POSITION, Column::Position),
    ];
    if let Some((_, column)) = tables.iter().find(|(names, _)| names.contains(&name)) {
        return Some(*column);
    }
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    // Outlook: "E-mail 2 Address" beside "E-mail 2 Type"; Google: "E-mail 1 - Value" beside "E-mail 1 - Label".
    if has(&["email", "邮箱", "邮件地址", "郵箱", "メールアドレス"]) {
        let other = [
            "type",
            "label",
            "displayname",
            "format",
            "verified",
            "typ",
            "anzeigename",
            "类型",
            "显示名称",
            "opt",
        ];
        return (!has(&other)).then_some(Column::Address);
    }
    (has(PHONE_PARTS) && !has(NO_PHONE)).then_some(Column::Phone)
}

/// Some names mean one thing or another by what stands beside them.
fn settle(names: &[String], columns: &mut [Option<Column>]) {
    let has = |columns: &[Option<Column>], column: Column| columns.contains(&Some(column));
    let named = |name: &str| names.iter().position(|other| other == name);
    // "Vorname, Name": the family name. So is "nom" beside "prénom", but alone it is the whole name.
    if has(columns, Column::Given)
        && !has(columns, Column::Family)
        && let Some(at) = named("name")
    {
        columns[at] = Some(Column::Family);
    }
    if !has(columns, Column::Family)
        && !has(columns, Column::Full)
        && let Some(at) = named("名字").or(named("nombre")).or(named("имя"))
    {
        columns[at] = Some(Column::Full);
    }
    if !has(columns, Column::Given)
        && !has(columns, Column::Full)
        && let Some(at) = named("nom")
    {
        columns[at] = Some(Column::Full);
    }
    // Outlook's "Title" is "Mr." where "Job Title" is the position.
    if ["jobtitle", "position", "organizationtitle", "organization1title"]
        .iter()
        .any(|name| named(name).is_some())
        && let Some(at) = named("title")
    {
        columns[at] = None;
    }
}
