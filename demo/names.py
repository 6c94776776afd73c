"""Made-up names for the staff of the demo city, of the many origins that a Swedish city has.

Given and family names are drawn apart from one another, and most family names are rare or made up, so that a
pair is nobody's in particular.
"""

import random
import unicodedata
from collections.abc import Iterable, Iterator

GIVEN = """
Agnes Ahmed Aino Ajla Albin Aleksandra Amanuel Amina Anders Anneli Ansgar Arvid Asta Atle Aurora Awet Axel Azra
Beata Behnaz Berit Birger Bojan Britta Cajsa Camilo Cecilia Çiğdem Dagny Danuta Darius Denise Disa Dragan Ebba Edit
Elena Elin Elmir Elsie Emre Ensa Erika Esther Eyob Farid Fatou Filippa Freja Fritiof Gerd Goran Greta Gunvor Habib
Hampus Hanna Harriet Hedvig Henning Hodan Ibrahim Ida Ilse Imre Inga Irena Isak Ivana Jaana Jamal Jasmin Jelena
Jerker Joakim Jorunn Josefin Juhani Kaisa Kalle Karin Kasper Kerstin Khadija Kim Klara Lamin Leila Lena Liban Linnéa
Lovisa Luis Lykke Maija Majken Malin Marek Marjan Marta Mattias Mehmet Merima Mikko Mirjam Moa Mohamed Nadia Naima
Natalia Niklas Nils Noor Nuria Oda Olena Olov Omar Ottilia Parisa Paulina Pernilla Petra Ragnhild Rana Reza Rickard
Roza Ruben Rut Sabina Samira Sanna Selam Selma Shirin Sigrid Simret Siv Solveig Soran Stina Sven Taina Teodor Thanh
Tindra Tomasz Tora Tuva Ulrika Urban Valeria Vega Vera Vidar Viktor Vilma Wiktoria Yasin Yonas Yusra Zahra Åke Åsa
Örjan
""".split()

FAMILY = """
Abokor Adlerås Afrasi Alkvist Almgärde Andarge Asklöv Bandžar Barkåker Bergskär Björkvall Boräng Brinkås Burhani
Caridem Dahlskog Dalevi Demirkol Djuplind Egeryd Ekvret Eldås Enebyhed Erlamo Eskilvik Fagerlid Farahin Fjällvret
Flodgärd Forsgård Fröbäck Furuskär Gammelstig Gebrselas Granlund Grindås Grönhed Gyllvik Hagvret Hallingås Hamnvall
Hasselryd Haxhijar Hedvall Hellmora Hemmaryd Holmskär Hultvret Häggås Höglid Ikonnen Jasinskij Jernryd Juntavaara
Kallvik Karimel Kassahai Klintås Kopparlid Korhola Kowalec Kullvret Kvarnryd Källskog Lagmark Lidvall Lindryd Ljunglöv
Lundskär Lyckvret Lövhed Maatinen Mahadun Marklöv Medhanu Mellanås Mirzadin Moberga Mossvik Mustafel Myrlid Månskog
Nadarian Nguyet Nilsryd Norrvret Novakit Nyhed Olovsgård Omarsen Ormbäck Osmanel Palmskär Petrović-Lund Pilås Quistryd
Rahmanel Ramsvik Rasouly Renvall Rosenhed Rydvret Rönnlid Salimir Samatel Sandås Selimov Sjöhed Skogvret Solås
Sparrlid Starvik Stenryd Strandlöv Sundvret Svanås Sävhed Tallryd Tekleab Tengvik Tornlid Trollskog Tuomiranta Törnås
Ulvhed Umarel Valdryd Vargås Videlid Vikvret Vintervik Vretgård Wahlås Warsamel Wejryd Yildirel Zandeh Åkerhed Åslid
Älvvik Ängryd Ödgård Öhrås Östvret
""".split()

def plain(word: str) -> str:
    """A word as it stands in an e-mail address."""
    folded = unicodedata.normalize("NFKD", word.lower().replace("ı", "i"))
    return "".join(letter for letter in folded if letter.isascii() and (letter.isalnum() or letter == "-"))


def names(rng: random.Random, taken: Iterable[tuple[str, str]] = ()) -> Iterator[tuple[str, str]]:
    """Given and family names without end, no pair twice and none that is taken."""
    seen = set(taken)
    while True:
        pair = rng.choice(GIVEN), rng.choice(FAMILY)
        if pair not in seen:
            seen.add(pair)
            yield pair
