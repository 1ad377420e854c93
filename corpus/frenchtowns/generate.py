#!/usr/bin/env python3
"""Write the frenchtowns data set (CREATE TABLE + COPY, for psql).

usage: generate.py [OUTPUT]        (default: standard output)

Regions, departments and their chief towns are real, as they were before 2016.
The other towns are made up; the same bytes come out on every run.
"""

import sys

TOWNS = 36684

SCHEMA = """\
SET client_encoding = 'UTF8';

CREATE TABLE regions (
    id      serial PRIMARY KEY,
    code    varchar(4) NOT NULL UNIQUE,
    capital varchar(10) NOT NULL,
    name    text NOT NULL UNIQUE
);

CREATE TABLE departments (
    id      serial PRIMARY KEY,
    code    varchar(4) NOT NULL UNIQUE,
    capital varchar(10) NOT NULL UNIQUE,
    region  varchar(4) NOT NULL REFERENCES regions (code),
    name    text NOT NULL UNIQUE
);

CREATE TABLE towns (
    id         serial PRIMARY KEY,
    code       varchar(10) NOT NULL,
    article    text,
    name       text NOT NULL,
    department varchar(4) NOT NULL REFERENCES departments (code),
    UNIQUE (code, department)
);
"""

# INSEE code | INSEE code of the capital | name
REGIONS = """\
01|97105|Guadeloupe
02|97209|Martinique
03|97302|Guyane
04|97411|La Réunion
11|75056|Île-de-France
21|51108|Champagne-Ardenne
22|80021|Picardie
23|76540|Haute-Normandie
24|45234|Centre
25|14118|Basse-Normandie
26|21231|Bourgogne
31|59350|Nord-Pas-de-Calais
41|57463|Lorraine
42|67482|Alsace
43|25056|Franche-Comté
52|44109|Pays de la Loire
53|35238|Bretagne
54|86194|Poitou-Charentes
72|33063|Aquitaine
73|31555|Midi-Pyrénées
74|87085|Limousin
82|69123|Rhône-Alpes
83|63113|Auvergne
91|34172|Languedoc-Roussillon
93|13055|Provence-Alpes-Côte d'Azur
94|2A004|Corse
"""

# INSEE code | INSEE code of the chief town | region | number of towns | name | chief town
DEPARTMENTS = """\
01|01053|82|419|Ain|Bourg-en-Bresse
02|02408|22|816|Aisne|Laon
03|03190|83|320|Allier|Moulins
04|04070|93|200|Alpes-de-Haute-Provence|Digne-les-Bains
05|05061|93|177|Hautes-Alpes|Gap
06|06088|93|163|Alpes-Maritimes|Nice
07|07186|82|339|Ardèche|Privas
08|08105|21|463|Ardennes|Charleville-Mézières
09|09122|73|332|Ariège|Foix
10|10387|21|433|Aube|Troyes
11|11069|91|438|Aude|Carcassonne
12|12202|73|304|Aveyron|Rodez
13|13055|93|119|Bouches-du-Rhône|Marseille
14|14118|25|706|Calvados|Caen
15|15014|83|260|Cantal|Aurillac
16|16015|54|404|Charente|Angoulême
17|17300|54|472|Charente-Maritime|La Rochelle
18|18033|24|290|Cher|Bourges
19|19272|74|286|Corrèze|Tulle
2A|2A004|94|124|Corse-du-Sud|Ajaccio
2B|2B033|94|236|Haute-Corse|Bastia
21|21231|26|706|Côte-d'Or|Dijon
22|22278|53|373|Côtes-d'Armor|Saint-Brieuc
23|23096|74|260|Creuse|Guéret
24|24322|72|557|Dordogne|Périgueux
25|25056|43|594|Doubs|Besançon
26|26362|82|369|Drôme|Valence
27|27229|23|675|Eure|Évreux
28|28085|24|403|Eure-et-Loir|Chartres
29|29232|53|283|Finistère|Quimper
30|30189|91|353|Gard|Nîmes
31|31555|73|589|Haute-Garonne|Toulouse
32|32013|73|463|Gers|Auch
33|33063|72|542|Gironde|Bordeaux
34|34172|91|343|Hérault|Montpellier
35|35238|53|352|Ille-et-Vilaine|Rennes
36|36044|24|247|Indre|Châteauroux
37|37261|24|277|Indre-et-Loire|Tours
38|38185|82|533|Isère|Grenoble
39|39300|43|544|Jura|Lons-le-Saunier
40|40192|72|331|Landes|Mont-de-Marsan
41|41018|24|291|Loir-et-Cher|Blois
42|42218|82|327|Loire|Saint-Étienne
43|43157|83|260|Haute-Loire|Le Puy-en-Velay
44|44109|52|221|Loire-Atlantique|Nantes
45|45234|24|334|Loiret|Orléans
46|46042|73|340|Lot|Cahors
47|47001|72|319|Lot-et-Garonne|Agen
48|48095|91|185|Lozère|Mende
49|49007|52|363|Maine-et-Loire|Angers
50|50502|25|602|Manche|Saint-Lô
51|51108|21|620|Marne|Châlons-en-Champagne
52|52121|21|433|Haute-Marne|Chaumont
53|53130|52|261|Mayenne|Laval
54|54395|41|594|Meurthe-et-Moselle|Nancy
55|55029|41|500|Meuse|Bar-le-Duc
56|56260|53|261|Morbihan|Vannes
57|57463|41|730|Moselle|Metz
58|58194|26|312|Nièvre|Nevers
59|59350|31|650|Nord|Lille
60|60057|22|693|Oise|Beauvais
61|61001|25|505|Orne|Alençon
62|62041|31|895|Pas-de-Calais|Arras
63|63113|83|470|Puy-de-Dôme|Clermont-Ferrand
64|64445|72|547|Pyrénées-Atlantiques|Pau
65|65440|73|474|Hautes-Pyrénées|Tarbes
66|66136|91|226|Pyrénées-Orientales|Perpignan
67|67482|42|527|Bas-Rhin|Strasbourg
68|68066|42|377|Haut-Rhin|Colmar
69|69123|82|293|Rhône|Lyon
70|70550|43|545|Haute-Saône|Vesoul
71|71270|26|573|Saône-et-Loire|Mâcon
72|72181|52|375|Sarthe|Le Mans
73|73065|82|305|Savoie|Chambéry
74|74010|82|294|Haute-Savoie|Annecy
75|75056|11|1|Paris|Paris
76|76540|23|745|Seine-Maritime|Rouen
77|77288|11|514|Seine-et-Marne|Melun
78|78646|11|262|Yvelines|Versailles
79|79191|54|305|Deux-Sèvres|Niort
80|80021|22|783|Somme|Amiens
81|81004|73|324|Tarn|Albi
82|82121|73|195|Tarn-et-Garonne|Montauban
83|83137|93|153|Var|Toulon
84|84007|93|151|Vaucluse|Avignon
85|85191|52|282|Vendée|La Roche-sur-Yon
86|86194|54|281|Vienne|Poitiers
87|87085|74|201|Haute-Vienne|Limoges
88|88160|41|515|Vosges|Épinal
89|89024|26|455|Yonne|Auxerre
90|90010|43|102|Territoire de Belfort|Belfort
91|91228|11|196|Essonne|Évry
92|92050|11|36|Hauts-de-Seine|Nanterre
93|93008|11|40|Seine-Saint-Denis|Bobigny
94|94028|11|47|Val-de-Marne|Créteil
95|95500|11|185|Val-d'Oise|Pontoise
971|97105|01|34|Guadeloupe|Basse-Terre
972|97209|02|34|Martinique|Fort-de-France
973|97302|03|22|Guyane|Cayenne
974|97411|04|24|La Réunion|Saint-Denis
"""

HEADS = """Abré Aigue Aillé Anglé Aubé Auvi Barre Beau Belle Berné Bièv Bois Bou Brai Bré
Bussé Cambe Champ Chante Châte Chau Clair Coude Cour Crèv Dampi Dom Doué Échi Écou Épi
Étré Fleu Fonte Franque Fré Gâti Gen Grand Guî Haÿ Hure Isi Jou Juvi Lanmé Lauze Ligné
Lon Lozé Mâ Maule Mé Mira Mon Morte Mouti Noé Œu Oiz Orvé Ouzou Pé Plou Pom Pré Quéme
Rampi Ré Roque Rozé Sauve Savi Séné Som Tallu Thué Tour Trébeu Uz Vau Verné Ville Vitré
Xanto Ÿv""".split()
TAILS = """ac agne aie ançon ange aud aye ay bec bœuf celles court court dieu euil ey font
gnac gnan gny gny gny heim hou ières ieux in lac lèche leux loup mont mont motte noël
nay oë on ouse pierre puis quières reuil rolles rupt sac sart seray smes telle thé ture
val vain vert vigne ville ville ville voir zan""".split()
SAINTS = """Saint-Aubin Saint-Cyr Saint-Éloi Saint-Étienne Saint-Ferréol Saint-Front
Saint-Génis Saint-Hilaire Saint-Jean Saint-Léger Saint-Maël Saint-Martin Saint-Ouën
Saint-Père Saint-Rémy Saint-Sulpice Saint-Vaast Saint-Ygor Sainte-Agnès Sainte-Colombe
Sainte-Geneviève Sainte-Hélène Sainte-Solène""".split()
RIVERS = """l'Ailette l'Orvèze l'Yre la-Brême la-Dorne la-Louëze la-Sévrine la-Voulzette
le-Guiers le-Thouet Aure Blaise Ételle Isce Mauve Œuilly Rance Seulles Vézère""".split()
LANDS = "Argonne Bassigny Caux Forêt Gâtine Luçois Mauges Ouche Pévèle Puisaye Vexin".split()
EPITHETS = """aux-Bois aux-Chênes d'Amont d'Aval du-Désert du-Gué la-Forêt la-Vallée
le-Château le-Haut le-Vieux les-Bains les-Forges l'Abbaye l'Évêque""".split()
VOWELS = "AEIOUYÂÉÈÎŒŸ"


class Dice:
    """xorshift64*: the same numbers under every Python version."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        x = self.state
        x ^= x >> 12
        x ^= x << 25 & (1 << 64) - 1
        x ^= x >> 27
        self.state = x
        return ((x * 0x2545F4914F6CDD1D & (1 << 64) - 1) >> 32) * n >> 32

    def pick(self, items):
        return items[self.below(len(items))]

    def chance(self, percent):
        return self.below(100) < percent


def rows(text):
    return [line.split("|") for line in text.splitlines()]


def elide(word):
    return "d'" + word if word[0] in VOWELS else "de-" + word


def town_name(dice):
    """Return (article or None, name)."""
    stem = dice.pick(HEADS) + dice.pick(TAILS)
    if dice.chance(14):
        saint = dice.pick(SAINTS)
        other = dice.pick(("sur-" + dice.pick(RIVERS), "en-" + dice.pick(LANDS), elide(stem)))
        return None, saint + "-" + other
    article = None
    if dice.chance(9):
        article = "L'" if stem[0] in VOWELS else dice.pick(("La", "La", "Le", "Le", "Les"))
    kind = dice.below(100)
    if kind < 10:
        stem += "-sur-" + dice.pick(RIVERS)
    elif kind < 16:
        stem += "-en-" + dice.pick(LANDS)
    elif kind < 24:
        stem += "-" + dice.pick(EPITHETS)
    elif kind < 28:
        stem += dice.pick(("-et-", "-lès-")) + dice.pick(HEADS) + dice.pick(TAILS)
    return article, stem


def split_article(name):
    first, _, rest = name.partition(" ")
    return (first, rest) if first in ("La", "Le", "Les") else (None, name)


def towns():
    """Yield (code, article, name, department); a town's INSEE code is department + code."""
    dice = Dice(0x9E3779B97F4A7C15)
    for department, capital, _, count, _, chief in rows(DEPARTMENTS):
        count = int(count)
        chief_code = int(capital[2:])
        first = chief_code // 100 * 100 + 1 if len(department) == 3 else 1
        last = max(chief_code, first + count + count // 16)  # INSEE codes have gaps
        codes = list(range(first, last + 1))
        while len(codes) > count:
            i = dice.below(len(codes))
            if codes[i] != chief_code:
                del codes[i]
        seen = {split_article(chief)}
        for code in codes:
            town = split_article(chief)
            if code != chief_code:
                while town in seen:
                    town = town_name(dice)
                seen.add(town)
            yield f"{code:03}", *town, department


def write_copy(out, table, columns, records):
    out.write(f"\nCOPY {table} ({', '.join(columns)}) FROM stdin;\n")
    for record in records:
        out.write("\t".join("\\N" if field is None else field for field in record) + "\n")
    out.write("\\.\n")


def main():
    regions = rows(REGIONS)
    departments = [(d[0], d[1], d[2], d[4]) for d in rows(DEPARTMENTS)]
    all_towns = list(towns())
    assert (len(regions), len(departments), len(all_towns)) == (26, 100, TOWNS), len(all_towns)
    target = sys.argv[1] if len(sys.argv) > 1 else sys.stdout.fileno()
    with open(target, "w", encoding="utf-8", newline="\n") as out:
        out.write(SCHEMA)
        write_copy(out, "regions", ("code", "capital", "name"), regions)
        write_copy(out, "departments", ("code", "capital", "region", "name"), departments)
        write_copy(out, "towns", ("code", "article", "name", "department"), all_towns)


if __name__ == "__main__":
    main()
