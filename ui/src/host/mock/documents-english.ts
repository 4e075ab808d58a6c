/** The invented English documents of the mock library. */
import type { Written } from "./document";

const documents = "/home/mira/Documents";
const notes = "/home/mira/Notes";
const mail = "/home/mira/Mail/2024";

export const english: Written[] = [
  {
    id: 1, language: "en", format: "pdf", folder: `${documents}/House`, name: "heat-pump-offer.pdf",
    title: "Offer for an air-to-water heat pump", date: "2024-03-14", about: ["heating", "invoice"], author: "Nordlicht Heating",
    text: `# Offer for an air-to-water heat pump

Thank you for letting us see the house. The boiler in the cellar is nineteen years old and burns about 2,100 litres of oil each winter. A heat pump of 9 kW covers what the building loses on the coldest day we reckon with, minus eleven degrees, without an electric rod.

---
# What it costs

The unit with its buffer tank comes to 18,400 euros, the work to 6,150. The state pays back up to forty per cent if you ask before the work begins. Warming the house would then cost about a third less each year than oil does now.

---
# What stays as it is

The radiators in the living room are large enough. Two in the north bedrooms should be exchanged, since the water will be no warmer than fifty degrees.`,
  },
  {
    id: 2, language: "en", format: "markdown", folder: `${notes}/House`, name: "insulation.md", title: "Notes on insulating the attic",
    date: "2023-11-02", about: ["heating"],
    text: `# Notes on insulating the attic

Wood fibre between the rafters, 24 cm. It keeps the heat out in August as well, which mineral wool hardly does.

## Order of work

First the vapour barrier, taped at every seam, then the boards. Measure the draught with a candle before closing anything. Saving energy here comes before any new heating.`,
  },
  {
    id: 3, language: "en", format: "markdown", folder: `${notes}/Kitchen`, name: "sourdough.md", title: "Sourdough, the slow way",
    date: "2024-01-20", about: ["bread"],
    text: `# Sourdough, the slow way

Feed the starter the evening before: equal weights of rye flour and water. It is ready when a spoonful floats.

## Dough

500 g flour, 350 g water, 100 g starter, 10 g salt. Fold it four times in two hours, then let it rise in the fridge overnight. The long cold rest is what gives the crust its taste.

## Baking

In the closed pot at 250 degrees for twenty minutes, then open for twenty-five more.`,
  },
  {
    id: 4, language: "en", format: "epub", folder: `${documents}/Books`, name: "the-whale-road.epub", title: "The Whale-Road: Seafaring in Old English Verse",
    date: "2019-06-01", about: ["sea", "poetry"], author: "H. Thorne",
    text: `# The Whale-Road: Seafaring in Old English Verse

## Kennings

A kenning names a thing by what it means to us: the sea is the whale-road, the ship a sea-stallion, the body a bone-house. The poets did not decorate. They pointed at the sea from the deck of a ship.

## The Seafarer

Hail flew in showers. There he heard nothing but the roaring of the sea, the ice-cold wave, at times the song of the swan. No kinsman can console the soul on such a voyage.

## What the rowers knew

A crossing to the islands took three days with the wind and eleven against it. They steered by the swell, by birds, and by the colour of the water over the banks.`,
  },
  {
    id: 5, language: "en", format: "pdf", folder: `${documents}/Flat`, name: "tenancy-agreement.pdf", title: "Tenancy agreement, 14 Harbour Street",
    date: "2022-09-01", about: ["lease"],
    text: `# Tenancy agreement, 14 Harbour Street

## 1. Term

The tenancy begins on 1 September 2022 and runs until one of the parties ends it.

---
## 4. Notice

Either party may end the tenancy with three months' notice, in writing, to the end of a month. The deposit of two months' rent is paid back within six weeks after the keys were handed over.

---
## 7. Pets and noise

Small animals need no permission. From ten in the evening the music is to be kept at room volume.`,
  },
  {
    id: 6, language: "en", format: "mail", folder: mail, name: "deposit-back.eml", title: "Re: When do we get the deposit back?",
    date: "2024-10-08", about: ["lease"], author: "Ana Ferreira",
    text: `Hello Mira,

the landlord answered at last. He wants to keep 180 euros for the scratched floor and will send the rest of the deposit by the end of the month. I think the scratches were there when we moved in: you took photographs, did you not?

If he does not pay we write to the tenants' association.

Ana`,
  },
  {
    id: 7, language: "en", format: "xlsx", folder: `${documents}/Taxes`, name: "expenses-2023.xlsx", title: null, date: "2024-02-11", about: ["tax", "invoice"],
    text: `Expenses 2023

Date | What | Amount | Deductible
2023-01-09 | Train to the customer in Lyon | 128.40 | yes
2023-03-30 | Office chair | 349.00 | yes
2023-05-17 | Insurance for work | 212.00 | yes
2023-08-02 | Telephone, private share taken out | 96.30 | in part`,
  },
  {
    id: 8, language: "en", format: "docx", folder: `${documents}/Work`, name: "harbour-museum-proposal.docx", title: "A sound walk for the harbour museum",
    date: "2024-05-27", about: ["music", "sea"], author: "Mira Lindqvist",
    text: `# A sound walk for the harbour museum

Visitors wear headphones and walk along the quay. At nine places they hear what was heard there a hundred years ago: winches, gulls, the shouting of the fish auction, an accordion.

## Cost and time

Recording takes six weeks in spring, before the ferries begin. We ask for 14,000 euros, half of it for the musicians.`,
  },
  {
    id: 9, language: "en", format: "html", folder: `${documents}/Reading`, name: "sleep-and-memory.html", title: "What sleep does for memory", date: "2023-04-18", about: ["sleep", "health"],
    text: `# What sleep does for memory

People who slept after learning word pairs remembered a fifth more of them than people who stayed awake. What counts is deep sleep in the first half of the night.

Alcohol shortens it. So does a screen in bed, though less than is often said.`,
  },
  {
    id: 10, language: "en", format: "pdf", folder: `${documents}/Health`, name: "travel-vaccinations.pdf", title: "Vaccinations before travelling", date: "2024-06-03", about: ["health", "travel"],
    text: `# Vaccinations before travelling

Begin eight weeks before you leave. Tetanus and measles should be up to date wherever you go.

---
Rabies takes three doses. Japanese encephalitis is worth it for long stays in the country, not for a fortnight in cities. Bring the yellow booklet.`,
  },
  {
    id: 11, language: "en", format: "markdown", folder: `${notes}/Garden`, name: "compost.md", title: "Compost that does not smell", date: "2024-04-09", about: ["garden"],
    text: `# Compost that does not smell

Two parts brown (leaves, cardboard, straw) to one part green. It smells when it is wet and has no air, never because it is compost.

Turn it in April and in September. Worms come by themselves. Slugs do too: keep the lid shut and plant the lettuce elsewhere.`,
  },
  {
    id: 12, language: "en", format: "source code", folder: `${documents}/Code/tide`, name: "tide.py", title: null, date: "2024-08-19", about: ["sea", "code"],
    text: `"""When is high water? The harmonic method with the eight largest constituents."""

import math

SPEEDS = {"M2": 28.984, "S2": 30.0, "N2": 28.440, "K1": 15.041}

def height(hours, constituents):
    # Each constituent is a cosine of its own speed; the tide is their sum.
    return sum(a * math.cos(math.radians(SPEEDS[n] * hours - g)) for n, a, g in constituents)`,
  },
  {
    id: 13, language: "en", format: "pptx", folder: `${documents}/Work`, name: "embeddings-for-librarians.pptx", title: "Embeddings for librarians", date: "2024-09-12", about: ["machines", "language"],
    text: `# Embeddings for librarians

## A text as a point

A model reads a passage and gives a few hundred numbers. Passages that mean the same lie near each other, also where they share no word, also across languages.

## What it cannot do

It knows nothing of dates and of negation it knows little. Words and meaning belong together.`,
  },
  {
    id: 14, language: "en", format: "pdf", folder: `${documents}/Bicycle`, name: "wheel-building.pdf", title: "Building a wheel at the kitchen table", date: "2021-02-13", about: ["bicycle"],
    text: `# Building a wheel at the kitchen table

Lace the spokes in threes: each crosses three others, the last one on the other side. Oil the threads and the eyelets.

---
Bring up the tension evenly, a quarter turn at a time. True it sideways first, then for height, and stress it by squeezing pairs of spokes. A good wheel stays true for ten thousand kilometres.`,
  },
  {
    id: 15, language: "en", format: "text", folder: `${notes}`, name: "packing.txt", title: null, date: "2024-06-30", about: ["travel", "hiking"],
    text: `Packing for the long walk

Boots (waxed), two pairs of socks, rain jacket, the small stove and one gas cartridge, headlamp, map of the northern valleys, blister plasters, the yellow booklet, train tickets.`,
  },
  {
    id: 16, language: "en", format: "mail", folder: mail, name: "chess-club-autumn.eml", title: "Chess club: autumn tournament", date: "2024-09-02", about: ["chess"], author: "Piotr W.",
    text: `Dear all,

the autumn tournament begins on 4 October. Seven rounds, two hours each, one game a week. Who wants to prepare: we meet on Tuesdays and look at endgames with rooks, since that is where last year's points were lost.

Piotr`,
  },
  {
    id: 17, language: "en", format: "ipynb", folder: `${documents}/Code/sky`, name: "double-stars.ipynb", title: "Separations of double stars", date: "2023-12-28", about: ["stars", "code"],
    text: `# Separations of double stars

We measured Albireo on eleven evenings. The gold and the blue star stand 34.6 seconds of arc apart; the scatter between evenings is larger than that within one, so the seeing is what limits us, not the camera.`,
  },
  {
    id: 18, language: "en", format: "docx", folder: `${documents}/Flat`, name: "tenancy-agreement (copy).docx", title: "Tenancy agreement, 14 Harbour Street", date: "2022-08-28", about: ["lease"],
    twin: { of: 5, is: "nearCopy" },
    text: `# Tenancy agreement, 14 Harbour Street

The tenancy begins on 1 September 2022. Either party may end the tenancy with three months' notice, in writing. The deposit of two months' rent is paid back within eight weeks. Draft, not signed.`,
  },
  {
    id: 19, language: "en", format: "csv", folder: `${documents}/Garden`, name: "rainfall.csv", title: null, date: "2024-11-01", about: ["garden", "weather"],
    text: `month,rain mm,frost days
2024-01,71,14
2024-02,58,9
2024-03,44,6
2024-04,39,2
2024-05,62,0`,
  },
  {
    id: 20, language: "en", format: "html", folder: `${documents}/Reading`, name: "<script>alert(1)</script>.html", title: "<script>alert('a page that would do harm')</script>", date: "2020-01-01", about: ["hostile"],
    text: `<img src=x onerror="document.title='broken'"> This page means harm. It is shown as the text that it is: <b>nothing</b> of it runs.

A name with a turn in it: invoice\u202Efdp.exe and a bell\u0007 and a null\u0000 character.

${"A line without a single place to break it: " + "abcdefghij".repeat(400)}`,
  },
];
