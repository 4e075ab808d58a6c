//! Numbers of spreadsheets as people see them there: a format code says how many decimals a number
//! has, and whether it is a date at all.
//!
//! Dates are written as ISO 8601 with as much of it as the code shows: they mean the same to every
//! reader, and the languages of month names are not ours to guess.

/// What a format code such as `#,##0.00 "€"` or `yyyy-mm-dd` asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberFormat {
    before: String,
    after: String,
    /// Decimals that are always shown, and those shown at most. `None` shows what there is.
    decimals: Option<(usize, usize)>,
    /// How many digits stand before the point at least, as in postal codes.
    whole: usize,
    groups: bool,
    percent: bool,
    exponent: bool,
    /// How often the number is divided by a thousand.
    thousands: usize,
    date: DateParts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct DateParts {
    year: bool,
    month: bool,
    day: bool,
    hour: bool,
    minute: bool,
    second: bool,
    elapsed: bool,
}

/// The codes that files name by number only.
pub fn built_in(id: u32) -> Option<&'static str> {
    Some(match id {
        1 => "0",
        2 => "0.00",
        3 | 37 | 38 => "#,##0",
        4 | 39 | 40 => "#,##0.00",
        9 => "0%",
        10 => "0.00%",
        11 => "0.00E+00",
        14 | 15 | 27..=31 | 36 | 50..=54 | 57 | 58 => "yyyy-mm-dd",
        16 => "d-mmm",
        17 | 55 | 56 => "mmm-yy",
        18 | 20 | 32 | 34 => "h:mm",
        19 | 21 | 33 | 35 => "h:mm:ss",
        22 => "yyyy-mm-dd h:mm",
        41 | 42 => "#,##0",
        43 | 44 => "#,##0.00",
        45 | 47 => "mm:ss",
        46 => "[h]:mm:ss",
        48 => "##0.0E+0",
        _ => return None,
    })
}

impl NumberFormat {
    pub fn of(code: &str) -> Self {
        let section = first_section(code);
        let mut format = Self::default();
        // A single letter of a word such as General or Standard is no part of a date.
        if !["general", "standard", "@"].contains(&section.to_ascii_lowercase().as_str()) {
            Reader { format: &mut format, digits: false, point: false, last: ' ', minutes: false }
                .read(section);
        }
        format
    }

    pub fn is_date(&self) -> bool {
        self.date != DateParts::default()
    }

    /// A number as it is shown. `since_1904` is how old files of the Macintosh count days.
    pub fn show(&self, number: f64, since_1904: bool) -> String {
        if self.is_date()
            && let Some(date) = self.date.show(number, since_1904)
        {
            return date;
        }
        let scaled = if self.percent { number * 100.0 } else { number };
        let scaled = scaled / 1000_f64.powi(i32::try_from(self.thousands).unwrap_or(0));
        let digits = match self.decimals {
            // A day before there were any, under a code for dates.
            _ if self.is_date() => return general(number),
            _ if self.exponent => format!("{scaled:E}"),
            Some((least, most)) if scaled.abs() < 1e15 => {
                padded(fixed(scaled, least, most, self.groups), self.whole)
            }
            _ => general(scaled),
        };
        let sign = if digits.starts_with('-') { "-" } else { "" };
        format!("{sign}{}{}{}", self.before, digits.trim_start_matches('-'), self.after)
    }
}

/// The section for positive numbers; sections are apart by semicolons.
fn first_section(code: &str) -> &str {
    let mut quoted = false;
    let mut escaped = false;
    let end = code.find(|c: char| {
        let ends = c == ';' && !quoted && !escaped;
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    &code[..end.unwrap_or(code.len())]
}

/// Goes through a section from left to right.
struct Reader<'a> {
    format: &'a mut NumberFormat,
    digits: bool,
    point: bool,
    /// The last letter of a date.
    last: char,
    /// Whether a letter m after hours has been taken for minutes.
    minutes: bool,
}

impl Reader<'_> {
    fn read(mut self, section: &str) {
        let mut rest = section;
        while let Some(character) = rest.chars().next() {
            rest = &rest[character.len_utf8()..];
            match character {
                '"' => {
                    let end = rest.find('"').unwrap_or(rest.len());
                    self.literal(&rest[..end]);
                    rest = rest.get(end + 1..).unwrap_or_default();
                }
                '[' => {
                    let end = rest.find(']').unwrap_or(rest.len());
                    self.bracket(&rest[..end]);
                    rest = rest.get(end + 1..).unwrap_or_default();
                }
                '\\' | '_' | '*' => {
                    let next = rest.chars().next().map_or(0, char::len_utf8);
                    if character == '\\' {
                        self.literal(&rest[..next]);
                    }
                    rest = &rest[next..];
                }
                'A' | 'a' if rest.to_ascii_uppercase().starts_with("M/PM") => rest = &rest[4..],
                'E' | 'e' if self.digits && rest.starts_with(['+', '-']) => {
                    self.format.exponent = true;
                    return;
                }
                '0' | '#' | '?' => self.digit(character == '0'),
                '.' if self.digits || self.format.date == DateParts::default() => self.point = true,
                ',' if self.digits && rest.starts_with(['0', '#', '?']) => {
                    self.format.groups = true
                }
                ',' if self.digits => self.format.thousands += 1,
                '%' => {
                    self.format.percent = true;
                    self.literal("%");
                }
                letter if letter.is_ascii_alphabetic() => {
                    self.letter(letter.to_ascii_lowercase(), rest)
                }
                other => self.literal(other.encode_utf8(&mut [0; 4])),
            }
        }
        // A fraction has digits on both sides of its stroke.
        if self.format.after.contains('/') && self.digits {
            *self.format = NumberFormat::default();
        }
    }

    fn literal(&mut self, text: &str) {
        let side = if self.digits { &mut self.format.after } else { &mut self.format.before };
        side.push_str(text);
    }

    fn bracket(&mut self, inside: &str) {
        if let Some(currency) = inside.strip_prefix('$') {
            self.literal(currency.split('-').next().unwrap_or_default());
        } else if !inside.is_empty() && inside.chars().all(|c| "hmsHMS".contains(c)) {
            self.format.date.elapsed = true;
            self.letter(inside.chars().next().map_or('h', |c| c.to_ascii_lowercase()), "");
        }
    }

    fn digit(&mut self, always: bool) {
        if self.format.thousands > 0 {
            self.format.thousands = 0;
        }
        self.digits = true;
        let (least, most) = self.format.decimals.unwrap_or_default();
        if always && !self.point {
            self.format.whole = (self.format.whole + 1).min(20);
        }
        let (least, most) = match self.point {
            true => (least + usize::from(always), most + 1),
            false => (least, most),
        };
        self.format.decimals = Some((least.min(20), most.min(20)));
    }

    fn letter(&mut self, letter: char, rest: &str) {
        let date = &mut self.format.date;
        match letter {
            'y' | 'e' => date.year = true,
            'd' | 'a' => date.day = true,
            'h' => date.hour = true,
            's' => date.second = true,
            'm' => {
                let after_hours = self.last == 'h' || (self.last == 'm' && self.minutes);
                let next = rest.trim_start_matches(|c| !"yYdDhHsS".contains(c)).chars().next();
                self.minutes = after_hours || matches!(next, Some('s' | 'S')) || date.elapsed;
                if self.minutes { date.minute = true } else { date.month = true }
            }
            _ => return,
        }
        self.last = letter;
    }
}

fn fixed(number: f64, least: usize, most: usize, groups: bool) -> String {
    let text = format!("{number:.most$}");
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let mut end = decimals.len();
    while end > least && decimals.as_bytes()[end - 1] == b'0' {
        end -= 1;
    }
    let whole = if groups { grouped(whole) } else { whole.to_owned() };
    let shown = if end == 0 { whole } else { format!("{whole}.{}", &decimals[..end]) };
    // What rounds to nothing has no sign.
    if shown.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.')) {
        return shown.trim_start_matches('-').to_owned();
    }
    shown
}

/// A number with zeros before it, where it has no sign and stands without decimals.
fn padded(text: String, whole: usize) -> String {
    if whole > 1 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("{text:0>whole$}");
    }
    text
}

fn grouped(whole: &str) -> String {
    let digits = whole.trim_start_matches('-').len();
    let mut text = whole[..whole.len() - digits].to_owned();
    for (place, digit) in whole[whole.len() - digits..].chars().enumerate() {
        if place > 0 && (digits - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number without the noise of binary fractions: 0.1 + 0.2 is 0.3.
pub fn general(number: f64) -> String {
    if !number.is_finite() {
        return String::new();
    }
    if number == number.trunc() && number.abs() < 1e15 {
        return format!("{}", number as i64);
    }
    let rounded = format!("{number:.10e}").parse().unwrap_or(number);
    match rounded.abs() {
        1e-6..1e15 => format!("{rounded}"),
        _ => format!("{rounded:E}"),
    }
}

impl DateParts {
    fn show(self, serial: f64, since_1904: bool) -> Option<String> {
        const YEAR_10000: f64 = 2_958_466.0;
        if !(0.0..YEAR_10000).contains(&serial) {
            return None;
        }
        // To a tenth of a second, or 12:00 comes out as 11:59:59.
        let seconds = (serial * 864_000.0).round() as i64 / 10;
        let (days, rest) = (seconds / 86_400, seconds % 86_400);
        let (hours, minutes, rest) = (rest / 3600, rest / 60 % 60, rest % 60);
        if self.elapsed {
            let hours = days * 24 + hours;
            return Some(match self.second {
                true => format!("{hours}:{minutes:02}:{rest:02}"),
                false => format!("{hours}:{minutes:02}"),
            });
        }
        let (year, month, day) = civil(days, since_1904);
        let date = match self {
            Self { day: true, .. } => format!("{year:04}-{month:02}-{day:02}"),
            Self { year: true, month: true, .. } => format!("{year:04}-{month:02}"),
            Self { year: true, .. } => format!("{year:04}"),
            Self { month: true, .. } => format!("{year:04}-{month:02}"),
            _ => String::new(),
        };
        let time = match self {
            Self { second: true, .. } => format!("{hours:02}:{minutes:02}:{rest:02}"),
            Self { hour: true, .. } | Self { minute: true, .. } => {
                format!("{hours:02}:{minutes:02}")
            }
            _ => String::new(),
        };
        Some([date, time].join(" ").trim().to_owned())
    }
}

/// The date of a day counted from 1900, as Lotus counted it with a 29th of February, or from 1904.
fn civil(serial: i64, since_1904: bool) -> (i64, i64, i64) {
    // Days from the first of March of the year 0.
    let days = match (since_1904, serial) {
        (true, _) => serial + 695_361,
        (false, 0..60) => serial + 693_900,
        (false, _) => serial + 693_899,
    };
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, number: f64, expected: &str) {
        assert_eq!(NumberFormat::of(code).show(number, false), expected, "{code}");
    }

    #[test]
    fn numbers_have_the_decimals_and_signs_of_their_code() {
        check("General", 0.1 + 0.2, "0.3");
        check("General", 120.0, "120");
        check("General", 1e20, "1E20");
        check("0.00", 2.34567, "2.35");
        check("0.00", -0.001, "0.00");
        check("#,##0", 1_234_567.4, "1,234,567");
        check("#,##0.##", -1234.5, "-1,234.5");
        check("0%", 0.456, "46%");
        check("0.0%", 0.456, "45.6%");
        check("[$€-407] #,##0.00;[Red]-#,##0.00", 5.5, "€ 5.50");
        check("#,##0.00\\ \"zł\"", 5.5, "5.50 zł");
        check("\"$\"#,##0", -5.0, "-$5");
        check("0.0,,\" Mio\"", 2_500_000.0, "2.5 Mio");
        check("# ?/?", 0.5, "0.5");
        check("0.00E+00", 1234.5, "1.2345E3");
        check("00000", 7.0, "00007");
    }

    #[test]
    fn dates_show_as_much_as_their_code() {
        check("yyyy-mm-dd", 45_292.0, "2024-01-01");
        check("m/d/yy h:mm", 45_292.5, "2024-01-01 12:00");
        check("[$-409]d\\ mmmm\\ yyyy;@", 45_351.0, "2024-02-29");
        check("mmm-yy", 45_292.0, "2024-01");
        check("yyyy", 45_292.0, "2024");
        check("h:mm:ss AM/PM", 0.75, "18:00:00");
        check("mm:ss", 0.5 / 24.0, "00:30:00");
        check("[h]:mm", 1.5, "36:00");
        check("yyyy\"年\"m\"月\"d\"日\"", 36_526.0, "2000-01-01");
        check("d/m/yyyy", 1.0, "1900-01-01");
        check("d/m/yyyy", 61.0, "1900-03-01");
        check("d/m/yyyy", -5.0, "-5");
        assert_eq!(NumberFormat::of("d/m/yyyy").show(0.0, true), "1904-01-01");
        assert_eq!(built_in(14).map(NumberFormat::of).map(|format| format.is_date()), Some(true));
    }
}
