# SPDX-License-Identifier: MIT
"""Other names of places: exonyms, names in the country's own script and tongue."""
import gettext
import os
import re
import subprocess
import json
import unicodedata

from fold import fold

HERE = os.path.dirname(os.path.abspath(__file__))

# The script that a language is written in, where that is not Latin.
SCRIPT = {"ar": "ARABIC", "fa": "ARABIC", "ur": "ARABIC", "ps": "ARABIC", "ckb": "ARABIC",
          "ru": "CYRILLIC", "uk": "CYRILLIC", "be": "CYRILLIC", "bg": "CYRILLIC",
          "mk": "CYRILLIC", "sr": "CYRILLIC", "kk": "CYRILLIC", "ky": "CYRILLIC",
          "mn": "CYRILLIC", "tg": "CYRILLIC", "el": "GREEK", "hy": "ARMENIAN",
          "ka": "GEORGIAN", "he": "HEBREW", "hi": "DEVANAGARI", "ne": "DEVANAGARI",
          "mr": "DEVANAGARI", "bn": "BENGALI", "dv": "THAANA", "th": "THAI", "lo": "LAO",
          "km": "KHMER", "my": "MYANMAR", "ko": "HANGUL", "ja": "CJK", "zh": "CJK",
          "am": "ETHIOPIC", "ti": "ETHIOPIC", "si": "SINHALA", "dz": "TIBETAN"}
# What GeoNames lists first is not always what signs say.
LANGUAGE = {"IN": "hi", "LK": "si", "KZ": "ru", "KG": "ky", "BY": "ru", "HK": "zh", "MO": "zh",
            "TW": "zh", "SG": "en", "MK": "mk", "RS": "sr", "ME": "en", "BA": "en", "XK": "en",
            "ER": "ti", "IL": "he", "PS": "ar", "CY": "el", "AF": "fa", "PK": "ur", "DZ": "ar",
            "MA": "ar", "TN": "ar", "DJ": "en", "KM": "en", "SO": "en", "TD": "en", "SD": "ar",
            "EH": "ar", "MR": "ar", "LB": "ar", "SY": "ar", "IQ": "ar", "JO": "ar"}
CODEC = {"JP": "shift_jis", "CN": "gb2312", "TW": "big5", "HK": "big5", "MO": "big5"}
CYRILLIC = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўјљњћђџѓќәғқңөұүһ",
                    "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya "
                    "i yi ye g w j lj nj c dj dz gj kj a gh q ng o u u h".split()))


def script_of(text):
    scripts = set()
    for c in text:
        if unicodedata.category(c)[0] == "L" and c not in "ー":
            word = unicodedata.name(c, "?").split()[0]
            scripts.add("CJK" if word in ("CJK", "HIRAGANA", "KATAKANA") else word)
    return scripts.pop() if len(scripts) == 1 else None


def language_of(country, info):
    return LANGUAGE.get(country, info["language"].split("-")[0])


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def latin_of(text):
    return "".join(CYRILLIC.get(c, c) for c in text.lower()).replace("-", "")


def suits(country, language, text):
    if country in CODEC:
        try:
            text.encode(CODEC[country])
        except UnicodeEncodeError:
            return False
        return country != "JP" or not all("\u30a0" <= c <= "\u30ff" for c in text)
    if language == "ar":
        return not set(text) & set("پچژگکیہےںٹڈڑڭېۆۇۈۋەھۍښځټډړ")
    if language in ("fa", "ur"):
        return not set(text) & set("يكىة")
    if language == "ru":
        return not set(text) & set("іїєґўјәғқңөұүһӑӗҫӳӂѣѢӀ")
    return True


def local_name(place, language, names):
    """The name in the country's script, or None."""
    names = [n for n in names if suits(place.country, language, n)]
    if not names:
        return None
    if SCRIPT[language] == "CYRILLIC":
        plain = fold(place.name)
        return min(names, key=lambda n: (distance(latin_of(n), plain), len(n)))
    return min(names, key=len)


class Catalogues:
    """GeoNames' names by language, each a gettext catalogue by GeoNames' numbers."""

    def __init__(self, folder):
        self.folder, self.loaded = folder, {}

    def name(self, place, language):
        if language not in self.loaded:
            path = os.path.join(self.folder, language, "LC_MESSAGES", "geonames.mo")
            self.loaded[language] = None
            if os.path.exists(path):
                with open(path, "rb") as f:
                    self.loaded[language] = gettext.GNUTranslations(f)
        found = self.loaded[language] and self.loaded[language].gettext(place.id)
        return found if found and found != place.id else None


# What an entry of English sometimes names beside the city.
NO_CITY = re.compile(r"\b(Province|District|Metropolitan|Area|Region|Governorate|Cidade|Borough|"
                     r"Amphoe|Islands?|town|City of)\b|-si$|-shi$", re.IGNORECASE)


def plainness(text):
    """How many letters no English keyboard has."""
    return sum(not (c.isascii() and (c.isalnum() or c in " -.")) for c in text)


def english_name(place, info, catalogues):
    """GeoNames' English name where its first name is not English, or None. The entries of
    English hold old names and regions too; so one that only adds words is left out, and
    one that is another name altogether counts only where the first name is surely not
    English: it is what the country's own language says, or a learned transliteration."""
    english = catalogues.name(place, "en")
    if not english or english == place.name or NO_CITY.search(english) \
            or script_of(english) != "LATIN" or not is_name(english):
        return None
    name, plain = fold(place.name), fold(english)
    language = language_of(place.country, info)
    if name == plain or name.replace(" ", "") == plain.replace(" ", ""):
        return english if language in SCRIPT and plainness(english) < plainness(place.name) else None
    if name in plain or plain in name or language == "en" \
            or re.sub("([aou])e", r"\1", plain) == name:
        return None
    if language in SCRIPT:
        return english if plainness(place.name) > 0 and plainness(english) == 0 else None
    return english if catalogues.name(place, language) == place.name else None


def is_name(text):
    if not 1 < len(text) <= 48 or text[0].isascii() and text[0].islower():
        return False
    if text.isascii() and text.isupper() and len(text) <= 4:
        return False  # codes of airports and cars
    return not any(c.isdigit() or c in "()[]/;:_+=|\"" for c in text)


def other_names(place, script):
    """(name, script) of each alternative that is worth its bytes."""
    seen = {fold(place.name), ""}
    for name in place.other:
        name = name.strip()
        if not is_name(name):
            continue
        kind = script_of(name)
        own = script and kind == script
        if not own and place.population < (100000 if kind == "LATIN" else 300000) \
                and not (kind == "LATIN" and place.kind in ("PPLC", "PPLA")):
            continue
        if own and place.population < 1000 and not place.kind.startswith("PPLA"):
            continue
        key = fold(name)
        if key not in seen:
            seen.add(key)
            yield name, kind


def read_table(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return [line.rstrip("\n").split("\t") for line in f
                if line.strip() and not line.startswith("#")]


def place_entries(places, countries, catalogues):
    other, local = [], {}
    endonyms = {(c, name): own for c, name, own in read_table("local_names.tsv")}
    further = {(c, english): names for c, english, *names in read_table("other_names.tsv")}
    largest = {}
    for p in places:
        key = (p.country, p.data_name)
        if (key in endonyms or key in further) and (key not in largest or p.population > largest[key].population):
            largest[key] = p
        language = language_of(p.country, countries[p.country])
        script = SCRIPT.get(language)
        found = list(other_names(p, script))
        other += [(p.index, name) for name, _ in found]
        own = [name for name, kind in found if kind == script] if script else []
        stated = catalogues.name(p, language) if script else None
        if stated and script_of(stated) == script and is_name(stated) \
                and suits(p.country, language, stated):
            if script == "CJK":  # 札幌 for 札幌市, 烟台 for 烟台市
                city = stated[:-1] if language == "zh" and re.fullmatch("..+市", stated) else stated
                own = [n for n in own if n in city] or [city]
            else:
                own = [stated]
            other.append((p.index, stated))
        name = local_name(p, language, own) if own else None
        if name:
            local[p.index] = name
        elif p.name != p.data_name:
            local[p.index] = p.data_name
        if p.name != p.data_name:
            other.append((p.index, p.data_name))
    for key, own in endonyms.items():
        if key not in largest:
            print("local_names.tsv: no place", key)
            continue
        index = largest[key].index
        local[index] = own
        if (index, own) not in other:
            other.append((index, own))
    for key, names in further.items():
        if key not in largest:
            print("other_names.tsv: no place", key)
            continue
        other += [(largest[key].index, name) for name in names]
    unique = {(index, fold(name)): name for index, name in other}
    ordered = sorted(unique, key=lambda k: (k[1].encode(), k[0]))
    return [(index, unique[index, key]) for index, key in ordered], sorted(local.items())


# Those by whose names of countries people may ask for one: "Frankreich", "Allemagne".
SPOKEN = ("ar bg bn ca cs da de el es et eu fa fi fr gl he hi hr hu id is it ja ko lt lv ms nb nl "
          "pl pt pt-PT ro ru sk sl sr sv th tr uk vi zh zh-Hant").split()
_node_names = {}


def intl_names(countries):
    """Each country's name in English, in its first language and in SPOKEN, from Node's CLDR."""
    wanted = [[c, ["en", language_of(c, i) or "en", *SPOKEN]] for c, i in countries.items()]
    script = """const w = JSON.parse(require('fs').readFileSync(0)); const out = {};
      for (const [c, languages] of w) { const n = [];
        for (const x of languages) { try {
          n.push(new Intl.DisplayNames([x], {type: 'region', fallback: 'none'}).of(c) || '');
        } catch (e) { n.push(''); } } out[c] = n; }
      console.log(JSON.stringify(out));"""
    done = subprocess.run(["node", "-e", script], input=json.dumps(wanted), text=True,
                          capture_output=True, check=True)
    return json.loads(done.stdout)


def country_name(_npm, code, info):
    if code not in _node_names:
        _node_names.update(intl_names({code: info}))
    return _node_names[code][1] or info["name"]


def cities_called(places, local):
    """What no country is called in other languages, for a city is meant: Salvador in Brazil by its
    very name, Amman by its own, and Brasília, which is what Finns call its country, however it is
    written."""
    own = dict(local)
    taken = set()
    for p in places:
        if p.population > 100000:
            taken |= {p.name, (p.country, fold(p.name))}
            if p.index in own:
                taken |= {fold(own[p.index]), (p.country, fold(own[p.index]))}
    return taken


def entries(places, countries, admin1_index, country_index, admin1_names, npm, catalogues):
    other, local = place_entries(places, countries, catalogues)
    by_name = {}
    for key in admin1_index:
        name = admin1_names.get(key, "")
        by_name.setdefault((key.split(".")[0], fold(name)), key)
    states = []
    for country, english, *names in read_table("states.tsv"):
        key = by_name.get((country, fold(english)))
        if key not in admin1_index:
            print("states.tsv: no state", country, english)
            continue
        states += [(admin1_index[key], name) for name in names]
    nations, further = [], {code: names for code, *names in read_table("countries.tsv")}
    taken = cities_called(places, local)
    for code, index in country_index.items():
        info = countries[code]
        if code not in _node_names:
            country_name(npm, code, info)
        plain = fold(info["name"])
        names = [info["alpha3"], *further.get(code, ())]
        for i, name in enumerate(_node_names[code]):
            here = {(code, fold(name))} if i < 2 else {name, fold(name), (code, fold(name))}
            if fold(name) == plain or not here & taken:
                names.append(name)
        nations += [(index, n) for n in dict.fromkeys(names) if n and n != info["name"]]
    return other, local, states, nations
