/** A small hand-made table that stands for a model: words in several languages, and what they mean. */

/** The words that lead to each meaning, in small letters; a word of the question that begins with one counts. */
const WORDS: Record<string, string[]> = {
  heating: ["heat", "warm", "boiler", "energy", "insulat", "cold house", "wärme", "heiz", "dämm", "chauff", "chaleur", "isol", "calefac", "calor", "取暖", "热泵", "暖房", "تدفئة", "الطاقة", "طاقة", "отоплен", "тепл", "saving"],
  bread: ["bread", "dough", "bak", "sourdough", "brot", "sauerteig", "pain", "levain", "pan de", "masa", "面包", "パン", "خبز", "хлеб", "закваск"],
  sea: ["sea", "whale", "ship", "ocean", "sail", "tide", "meer", "wal", "schiff", "mer", "baleine", "mar", "ballena", "海", "鲸", "クジラ", "بحر", "حوت", "море", "кит"],
  lease: ["lease", "tenan", "rent", "deposit", "landlord", "miet", "kaution", "vermieter", "bail", "loyer", "caution", "alquiler", "fianza", "租", "押金", "敷金", "إيجار", "аренд"],
  tax: ["tax", "deduct", "steuer", "impôt", "impot", "impuesto", "税", "ضريب", "налог"],
  stars: ["star", "astronom", "telescope", "sky", "stern", "étoile", "etoile", "estrella", "星", "نجوم", "звезд"],
  sleep: ["sleep", "memory", "schlaf", "sommeil", "sueño", "dormir", "睡", "眠", "نوم", "сон"],
  health: ["health", "vaccin", "doctor", "impf", "arzt", "santé", "salud", "健康", "تطعيم", "здоров"],
  garden: ["garden", "compost", "tomato", "plant", "garten", "tomaten", "jardin", "huerto", "庭", "花园", "حديقة", "огород", "огурц"],
  hiking: ["hik", "walk", "mountain", "trail", "wander", "hütte", "randonn", "caminar", "camino", "徒步", "山", "поход"],
  travel: ["travel", "trip", "journey", "pack", "reise", "voyage", "viaje", "旅", "سفر", "путешеств"],
  chess: ["chess", "endgame", "schach", "échecs", "ajedrez", "象棋", "チェス", "شطرنج", "шахмат", "ладь"],
  bicycle: ["bicycl", "bike", "wheel", "spoke", "fahrrad", "vélo", "bicicleta", "自行车", "自転車", "велосипед"],
  invoice: ["invoice", "bill", "cost", "rechnung", "facture", "factura", "发票", "請求", "فاتورة", "счёт"],
  music: ["music", "song", "sound", "musik", "musique", "música", "音乐", "音楽", "موسيقى", "музык"],
  machines: ["embedding", "model", "vector", "machine", "learn", "maschine", "apprent", "modelo", "向量", "模型", "機械", "نموذج", "модел"],
  coffee: ["coffee", "kaffee", "café", "咖啡", "コーヒー", "قهوة", "кофе"],
};

/** How near each meaning is to the question, from 0 to 1. */
export function meaningsOf(question: string): Map<string, number> {
  const asked = question.toLocaleLowerCase();
  const near = new Map<string, number>();
  for (const [meaning, words] of Object.entries(WORDS)) {
    const found = words.filter((word) => beginsAWord(asked, word)).length;
    if (found > 0) near.set(meaning, Math.min(1, 0.6 + 0.2 * found));
  }
  return near;
}

/** Whether a word of the text begins so. Scripts without spaces have it anywhere. */
function beginsAWord(text: string, word: string): boolean {
  const at = text.indexOf(word);
  if (at < 0) return false;
  const hasSpaces = /^[\p{Script=Latin}\p{Script=Cyrillic}]/u.test(word);
  return !hasSpaces || at === 0 || /[^\p{L}]/u.test(text[at - 1] ?? " ");
}
