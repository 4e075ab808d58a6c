/** The invented German, French and Spanish documents of the mock library. */
import type { Written } from "./document";

const documents = "/home/mira/Documents";
const notes = "/home/mira/Notes";
const mail = "/home/mira/Mail/2024";

export const german: Written[] = [
  {
    id: 21, language: "de", format: "pdf", folder: `${documents}/House`, name: "Energieberatung Bericht.pdf", title: "Bericht der Energieberatung", date: "2024-02-06", about: ["heating"], author: "Ing.-Büro Sommer",
    text: `# Bericht der Energieberatung

Das Haus verliert im Winter die meiste Wärme über das Dach und die Kellerdecke. Wer zuerst dämmt, kommt später mit einer kleineren Wärmepumpe aus.

---
# Empfehlung

Dach und Kellerdecke dämmen, danach die Ölheizung ersetzen. Die Heizkosten sinken damit von 2.900 auf etwa 1.350 Euro im Jahr. Den Antrag auf Förderung stellt man, bevor der erste Auftrag vergeben ist.`,
  },
  {
    id: 22, language: "de", format: "mail", folder: mail, name: "Nebenkosten.eml", title: "Nebenkostenabrechnung 2023: Einspruch", date: "2024-07-15", about: ["lease", "heating"],
    text: `Sehr geehrte Frau Brandt,

die Abrechnung der Nebenkosten kann ich so nicht anerkennen. Für die Heizung sind 1.840 Euro angesetzt, obwohl die Wohnung zwei Monate leer stand. Bitte schicken Sie mir die Belege bis Ende des Monats.

Mit freundlichen Grüßen
Mira Lindqvist`,
  },
  {
    id: 23, language: "de", format: "markdown", folder: `${notes}/Küche`, name: "Roggenbrot.md", title: "Roggenbrot mit Sauerteig", date: "2023-10-12", about: ["bread"],
    text: `# Roggenbrot mit Sauerteig

Den Sauerteig am Abend ansetzen und warm stellen. Am Morgen mit Roggenmehl, Salz und Kümmel zu einem weichen Teig rühren.

Zwei Stunden gehen lassen, bei 250 Grad anbacken und bei 200 Grad fertig backen. Erst am nächsten Tag anschneiden.`,
  },
  {
    id: 24, language: "de", format: "pdf", folder: `${documents}/Taxes`, name: "Steuerbescheid 2022.pdf", title: "Bescheid für 2022 über Einkommensteuer", date: "2023-09-19", about: ["tax"],
    text: `# Bescheid für 2022 über Einkommensteuer

Festgesetzt werden 6.412 Euro. Bereits gezahlt sind 7.030 Euro. Das Guthaben von 618 Euro wird auf Ihr Konto überwiesen.

---
# Rechtsbehelf

Gegen diesen Bescheid können Sie innerhalb eines Monats Einspruch einlegen.`,
  },
  {
    id: 25, language: "de", format: "pdf", folder: `${documents}/Flat`, name: "Mietvertrag Hafenstraße 14.pdf", title: "Mietvertrag Hafenstraße 14", date: "2022-09-01", about: ["lease"], twin: { of: 5, is: "translation" },
    text: `# Mietvertrag Hafenstraße 14

Das Mietverhältnis beginnt am 1. September 2022. Beide Seiten können es schriftlich mit einer Frist von drei Monaten kündigen. Die Kaution von zwei Monatsmieten wird sechs Wochen nach der Übergabe der Schlüssel zurückgezahlt.`,
  },
  {
    id: 26, language: "de", format: "odt", folder: `${documents}/Hiking`, name: "Hüttenweg.odt", title: "Von Hütte zu Hütte: sechs Tage im Karwendel", date: "2023-08-29", about: ["hiking", "travel"],
    text: `# Von Hütte zu Hütte

Tag eins geht gemütlich durch das Tal. Wer früh aufbricht, hat den Aufstieg im Schatten. Am dritten Tag liegt auf der Nordseite noch Schnee: Stöcke mitnehmen.

Die Hütten sind im August voll. Betten muss man im März bestellen.`,
  },
  {
    id: 27, language: "de", format: "markdown", folder: `${notes}/Garden`, name: "Tomaten.md", title: "Tomaten unter Dach", date: "2024-05-05", about: ["garden"],
    text: `# Tomaten unter Dach

Braunfäule kommt mit nassen Blättern. Ein Dach aus alten Fenstern hilft mehr als jedes Mittel. Unten gießen, nie von oben, und die Geiztriebe ausbrechen.`,
  },
  {
    id: 28, language: "de", format: "epub", folder: `${documents}/Books`, name: "Der Sternengarten.epub", title: "Der Sternengarten", date: "2018-11-11", about: ["stars", "poetry"], author: "E. Vogt",
    text: `# Der Sternengarten

Im Winter stand der Großvater nachts auf der Wiese und zählte die Plejaden. Sieben sehe, wer gute Augen habe, sagte er, und zwölf, wer warten könne.

Das Fernrohr hatte er selbst geschliffen. Einen ganzen Herbst lang roch die Küche nach Pech.`,
  },
  {
    id: 29, language: "de", format: "text", folder: notes, name: "Fahrrad Winter.txt", title: null, date: "2023-12-03", about: ["bicycle"],
    text: `Fahrrad winterfest machen

Kette reinigen und wachsen, Bremsbeläge prüfen, Reifen mit Spikes aufziehen, Speichen nachspannen, Licht laden.`,
  },
  {
    id: 30, language: "de", format: "docx", folder: `${documents}/Work`, name: "Rechnung 2024-031.docx", title: "Rechnung 2024-031", date: "2024-06-28", about: ["invoice", "music"],
    text: `Rechnung 2024-031

Für die Vertonung des Rundgangs im Hafenmuseum berechne ich 3.200 Euro. Zahlbar innerhalb von vierzehn Tagen.`,
  },
];

export const french: Written[] = [
  {
    id: 31, language: "fr", format: "pdf", folder: `${documents}/House`, name: "pompe-a-chaleur.pdf", title: "Guide : choisir une pompe à chaleur", date: "2023-05-10", about: ["heating"],
    text: `# Guide : choisir une pompe à chaleur

Une pompe à chaleur prend la chaleur de l'air, même quand il gèle. Pour un kilowattheure d'électricité, elle en rend trois à quatre.

---
# Avant d'acheter

Isoler d'abord les combles. Une maison bien isolée se chauffe avec une machine plus petite, et la facture baisse deux fois.`,
  },
  {
    id: 32, language: "fr", format: "markdown", folder: `${notes}/Kitchen`, name: "levain.md", title: "Le levain de Marguerite", date: "2022-03-07", about: ["bread"],
    text: `# Le levain de Marguerite

De la farine de seigle, de l'eau, de la patience. On le nourrit chaque soir. Au bout d'une semaine il sent la pomme et double en quatre heures.

La pâte repose toute la nuit au frais ; le pain n'en sera que meilleur.`,
  },
  {
    id: 33, language: "fr", format: "docx", folder: `${documents}/Work`, name: "contrat-lyon.docx", title: "Contrat de prestation, Lyon", date: "2023-01-05", about: ["invoice"],
    text: `# Contrat de prestation

La prestataire livre douze enregistrements avant le 30 juin. La facture est payée sous trente jours. Chaque partie peut résilier le contrat par écrit.`,
  },
  {
    id: 34, language: "fr", format: "epub", folder: `${documents}/Books`, name: "carnets-de-mer.epub", title: "Carnets de mer", date: "2017-07-21", about: ["sea", "travel"], author: "L. Kerouanton",
    text: `# Carnets de mer

## Onzième jour

Un souffle à tribord, puis un dos immense : une baleine nous accompagne jusqu'au soir. Personne ne parle. On entend la mer contre la coque.

## Vingtième jour

Plus de vent. Le capitaine fait repeindre ce qui peut l'être.`,
  },
  {
    id: 35, language: "fr", format: "mail", folder: mail, name: "impots.eml", title: "Vos impôts : pièces manquantes", date: "2024-05-22", about: ["tax"],
    text: `Bonjour Madame,

pour compléter votre déclaration de revenus, il nous manque les justificatifs de frais de transport. Merci de les envoyer avant le 8 juin.

Le centre des impôts`,
  },
  {
    id: 36, language: "fr", format: "html", folder: `${documents}/Reading`, name: "sommeil.html", title: "Pourquoi dormons-nous ?", date: "2021-10-14", about: ["sleep", "health"],
    text: `# Pourquoi dormons-nous ?

Pendant le sommeil profond, la mémoire range la journée. Celui qui dort mal apprend mal, et le café n'y change rien.`,
  },
  {
    id: 37, language: "fr", format: "pdf", folder: `${documents}/Reading`, name: "apprentissage-des-langues.pdf", title: "Comment une machine apprend les langues", date: "2024-01-30", about: ["machines", "language"], twin: { of: 13, is: "translation" },
    text: `# Comment une machine apprend les langues

Un modèle lit un passage et donne quelques centaines de nombres. Deux passages qui veulent dire la même chose sont voisins, même s'ils n'ont aucun mot en commun.`,
  },
];

export const spanish: Written[] = [
  {
    id: 38, language: "es", format: "pdf", folder: `${documents}/Flat`, name: "fianza.pdf", title: "Devolución de la fianza del alquiler", date: "2021-04-12", about: ["lease"],
    text: `# Devolución de la fianza del alquiler

El propietario dispone de un mes para devolver la fianza desde la entrega de las llaves. Si descuenta una reparación, tiene que mostrar la factura.

---
Quien no recibe respuesta puede reclamar por escrito. La asociación de inquilinos ayuda sin coste.`,
  },
  {
    id: 39, language: "es", format: "markdown", folder: `${notes}/Kitchen`, name: "pan-de-pueblo.md", title: "Pan de pueblo", date: "2023-02-18", about: ["bread"],
    text: `# Pan de pueblo

Harina, agua, sal y masa madre. Se amasa poco y se espera mucho: doce horas en frío. El horno, muy caliente, con un cuenco de agua.`,
  },
  {
    id: 40, language: "es", format: "text", folder: notes, name: "camino.txt", title: null, date: "2022-05-30", about: ["hiking", "travel"],
    text: `El camino del norte

De Irún a Bilbao en siete días. Salir temprano, mochila de menos de ocho kilos, dos pares de calcetines. En Deba el albergue está encima de la estación.`,
  },
  {
    id: 41, language: "es", format: "html", folder: `${documents}/Reading`, name: "ballenas.html", title: "El canto de las ballenas", date: "2020-08-08", about: ["sea", "music"],
    text: `# El canto de las ballenas

Cada primavera el canto cambia un poco, y todas las ballenas del mismo mar aprenden la versión nueva. Nadie sabe quién la inventa.`,
  },
  {
    id: 42, language: "es", format: "docx", folder: `${documents}/Health`, name: "informe-dental.docx", title: "Informe de la dentista", date: "2024-03-21", about: ["health"],
    text: `Informe de la dentista

Sin caries. Conviene cambiar la férula de noche: la antigua está gastada y la paciente duerme mal. Próxima revisión en un año.`,
  },
];
