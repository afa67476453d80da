"""Words that names are made of, for deciding what in a text is a name and what is plain English."""

_COMMON = """
a able about access act active ad add advance after again ages aim air all ally almost alto am amp an and ant any
app apps arc are arm art as ask asset at auto away b back bad ball band bank banks bar base bath be beam bear beat
best bet beyond big bill bio bird bit black block blue board boat body bold bond book boot born box boy brand break
bright brother buckle build bull burn business but buy by c cable call can cap car card care cars case cash cast cat
chance chart charter chase check chef chip choice church circle city clear clip cloud clover club coat coin cold
comfort cool cop core corn cost coty count cross crown cube curve cut d dare dash data date dave day days deck deep
dent desk diamond dig discover do dock dole dollar dot down dream drive drop duck dune e earn east easy eat edge
edit eight else energy enter ever evolve express eye f face fair fan far farm fast fat feed few figs fire first fit
five fix flag fleet flex floor flow fly focus for force forge fork form fort forward fox free fresh from fun fund
funk fuse g gain game gap gate gen gift give glad go gold good grab grand great green grow guess h hack hand hard
has have he health heart helm help her here high hill him hims his hit hog hold home hood hope host hot hour how hub
hut i ice icon if in inside into ion iron is it its j jack jet job join joint joy just k keep key kind king knight
knot l lab lake land lane last later lead leaf lean leap left less let life lift light like limit line link lion
list live load local lock loft logo long look loop love low luck lumen m made magic main make man many march mark
mass master match max may me med meet mega men met meta mid mind mine mint mob mode moo moon more most motion move
much must my n name nano near need nest net new next nice night no nobody north not note now o oak of off oil old on
one only open or order oscar our out over own p pack page palm park part party past path pay peak pen people perion
pet phone pie pilot pin pine pit plan plant play plug plus point pool post power press price prime pro process
progress progressive public pump pure push put q quick r race rail rain range rapid raw real red rent rest rich ride
right ring rise road rock roll root rose round row run rush s safe sail salt same sand save say sea seal see seed
sell send sense set seven shake share she shell ship shoe shop short show side sign silk silver simple site six sky
sleep smart smile snap snow so sofa soft solid solo solve some son south space spark speed spin spirit spot spring
sprout square stage star start state stay steel step stock stone stop store story street strong summit sun super
sure swim switch sync t table tap target task tax teach team tech tell ten terra test text than that the them then
there they thin this thor three tide tile time times tip to toast toll tool top touch tough town track trade train
travel tree trek true trust try turn twin two u under unit unity up upstart us use v valley value very via vice view
vine visa vision vital void vote w wave way we wealth web well west what when who why wide will win wing wise wish
with wolf wood word work works world worth wrap x y yes yield you young your yum z zero zip zoom
"""

COMMON = frozenset(_COMMON.split())
"""Words that are tickers or companies' names too. In small letters they stay, for hardly ever is the company meant;
a hidden one would garble the text and tell what it hides."""

_GENERIC = """
advanced air alaska allied american applied associated atlantic automatic baker bank best big black blue boston
bright british brown canadian capital cardinal carnival celtic central charles china chinese church cincinnati
citizens city clean clear cleveland coca columbia comfort community consolidated constellation continental crown
deutsche digital discover dollar dominion dr duke eastern eastman edison electronic energy enterprise equity essex
extra fair federal fidelity fifth first five four franklin general german global gold golden great green hartford
henry hewlett high home host hub hunt illinois independent international iron jack japan johnson king korea las
legal live london marathon marsh martin mid morgan national new nippon norfolk north northern novo old omega one
open pacific packaging palo paramount park phillips pioneer pool power principal public pure ralph raymond red
regions republic rio rolls royal russell san service silicon simon simulated sirius smith snap south southern
southwest standard stanley state steel super swiss taiwan take target texas the third tokyo tractor trade travel
twenty two under union united universal us victoria village virgin wal walt warner waste wells western white whole
world york
"""

GENERIC = frozenset(_GENERIC.split())
"""First words of many companies' names, which alone do not tell which one is meant."""

_LEGAL = """
ab adr ads ag as asa bv cl class co common companies company corp corporation gmbh group holding holdings inc
incorporated kgaa limited llc llp lp ltd nv oyj plc pte sa sab se shares spa sponsored stock trust
"""

LEGAL = frozenset(_LEGAL.split())
"""Words at the end of a company's name that say what kind of company or share it is."""

OTHER_NAMES = {
    "alphabet": ("Google",),
    "advanced micro devices": ("AMD",),
    "bank of america": ("BofA",),
    "berkshire hathaway": ("Berkshire",),
    "coca-cola": ("Coke",),
    "eli lilly and": ("Eli Lilly", "Lilly"),
    "exxon mobil": ("ExxonMobil", "Exxon"),
    "goldman sachs": ("Goldman",),
    "international business machines": ("IBM",),
    "johnson & johnson": ("J&J", "JNJ"),
    "jpmorgan chase": ("JPMorgan", "JP Morgan", "J.P. Morgan"),
    "mcdonald's": ("McDonald's", "McDonalds"),
    "meta platforms": ("Meta", "Facebook"),
    "procter & gamble": ("P&G",),
    "salesforce": ("Salesforce.com",),
    "strategy": ("MicroStrategy",),
    "taiwan semiconductor manufacturing": ("TSMC", "Taiwan Semi"),
    "walmart": ("Wal-Mart",),
    "walt disney": ("Disney",),
}
"""What some large companies are called beside their names, which nothing in the names tells; by the name without its
legal words, in small letters."""

SISTERS = {
    "GOOG": ("GOOGL",),
    "GOOGL": ("GOOG",),
    "FOX": ("FOXA",),
    "FOXA": ("FOX",),
    "NWS": ("NWSA",),
    "NWSA": ("NWS",),
}
"""Tickers of other classes of the same company's shares, where they are spelled otherwise."""
