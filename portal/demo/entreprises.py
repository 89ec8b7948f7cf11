"""The companies of the demonstration: made-up names, numbers of a range that is never given out."""

from __future__ import annotations

from dataclasses import dataclass

from stdnum import luhn

from portal.core.entreprises.operations import EtablissementSaisi, FicheSaisie


@dataclass(frozen=True)
class EntrepriseDemo:
    """A company: its SIREN is 0005 + rank + key, its SIRETs follow."""

    rang: int
    nom: str
    idcc: str
    naf: str
    effectif: int
    lieux: tuple[tuple[str, str, str], ...]
    prestataire: bool = False
    attributs: tuple[str, ...] = ()
    nda: str | None = None

    @property
    def siren(self) -> str:
        base = f"0005{self.rang:04d}"
        return base + luhn.calc_check_digit(base)

    def siret(self, numero: int = 0) -> str:
        base = f"{self.siren}{numero + 1:04d}"
        return base + luhn.calc_check_digit(base)

    def fiche(self) -> FicheSaisie:
        return FicheSaisie(
            siren=self.siren,
            denomination=self.nom,
            etablissements=tuple(
                EtablissementSaisi(
                    siret=self.siret(n),
                    enseigne=f"{self.nom}, {commune}" if n else "",
                    adresse_ligne1=adresse,
                    code_postal=code,
                    commune=commune,
                )
                for n, (adresse, code, commune) in enumerate(self.lieux)
            ),
            naf=self.naf,
            idcc=self.idcc,
            effectif=self.effectif,
            est_prestataire=self.prestataire,
            attributs=self.attributs,
            nda=self.nda,
        )


GROS = EntrepriseDemo(
    1, "Comptoir du Ponant", "0573", "46.90Z", 8, (("4 quai des Épices", "44000", "Nantes"),)
)
RESTAURANTS = EntrepriseDemo(
    2, "Tables de Loire", "1979", "56.10A", 42,
    (
        ("18 rue du Port", "49000", "Angers"),
        ("2 place Royale", "44000", "Nantes"),
        ("7 rue des Halles", "37000", "Tours"),
    ),
)  # fmt: skip
INTERIM = EntrepriseDemo(
    3, "Relais Emploi Ouest", "2378", "78.20Z", 35,
    (("25 boulevard de la Gare", "35000", "Rennes"), ("9 rue Centrale", "56100", "Lorient")),
    attributs=("ett",),
)  # fmt: skip
ORGANISME = EntrepriseDemo(
    4, "Savoirs & Métiers Formation", "1516", "85.59A", 14,
    (("31 rue des Écoles", "75005", "Paris"),), prestataire=True, nda="11750412375",
)  # fmt: skip
CENTRE = EntrepriseDemo(
    5, "Centre de formation des Deux Rives", "1516", "85.32Z", 60,
    (("12 allée des Tilleuls", "69007", "Lyon"),), prestataire=True, nda="84690312369",
)  # fmt: skip
SECOND_ORGANISME = EntrepriseDemo(
    6, "Atelier Compétences", "1516", "85.59B", 6,
    (("5 rue du Moulin", "59000", "Lille"),), prestataire=True, nda="32590211259",
)  # fmt: skip

_AUTRES = (
    ("Sécurité Vauban", "1351", "80.10Z", 120, "14 rue Vauban", "59800", "Lille"),
    ("Propreté Azur", "3043", "81.21Z", 310, "8 avenue des Pins", "06000", "Nice"),
    ("Burger du Canal", "1501", "56.10C", 9, "3 quai Sud", "31000", "Toulouse"),
    ("Scierie des Hautes Chaumes", "0158", "16.10A", 22, "Route du Col", "88400", "Gérardmer"),
    ("Hôtel de la Falaise", "1979", "55.10Z", 17, "1 digue Nord", "76200", "Dieppe"),
    ("Quincaillerie Martel", "1383", "47.52A", 6, "22 rue du Marché", "80000", "Amiens"),
    ("Blanchisserie Neige", "2002", "96.01A", 31, "6 rue de l’Industrie", "38000", "Grenoble"),
    ("Eaux du Plateau", "2147", "36.00Z", 48, "40 chemin du Réservoir", "63000", "Clermont-Ferrand"),
    ("Tri & Valorisation du Nord", "2149", "38.11Z", 75, "Zone du Fort", "59140", "Dunkerque"),
    ("École Horizon", "2691", "85.20Z", 12, "9 rue des Lilas", "92100", "Boulogne-Billancourt"),
    ("Portage Horizon Libre", "3219", "70.22Z", 90, "55 rue de Lyon", "75012", "Paris"),
    ("Cafétéria du Lac", "2060", "56.10B", 28, "Centre du Lac", "74000", "Annecy"),
    ("Héli Montagne", "1944", "51.10Z", 19, "Aérodrome", "73000", "Chambéry"),
    ("Escale Services Sol", "0275", "52.23Z", 140, "Zone de fret", "95700", "Roissy-en-France"),
    ("Cuisine des Écoles", "1266", "56.29B", 65, "17 rue du Four", "33000", "Bordeaux"),
    ("Autoroutes du Vallon", "2583", "52.21Z", 210, "Péage du Vallon", "26000", "Valence"),
    ("Grossiste Bio du Midi", "0573", "46.31Z", 34, "Marché-gare", "34000", "Montpellier"),
    ("Électro Gros Service", "0573", "46.43Z", 11, "12 rue Ampère", "69800", "Saint-Priest"),
    ("Auberge du Pic", "1979", "55.10Z", 5, "Le Bourg", "65200", "Bagnères-de-Bigorre"),
    ("Café des Arts", "1979", "56.30Z", 4, "2 rue des Arts", "13006", "Marseille"),
    ("Pizza Minute", "1501", "56.10C", 15, "78 rue Nationale", "37000", "Tours"),
    ("Gardiennage Alpin", "1351", "80.10Z", 44, "3 rue de la Poste", "05000", "Gap"),
    ("Net’Éclat", "3043", "81.22Z", 18, "21 rue des Fleurs", "45000", "Orléans"),
    ("Menuiserie Kermarrec", "0158", "16.23Z", 7, "Lieu-dit Ker Huel", "29000", "Quimper"),
    ("Cadres & Boulons", "0731", "46.74A", 26, "5 rue des Forges", "42000", "Saint-Étienne"),
    ("Institut Saint-Loup", "3218", "85.31Z", 52, "1 parvis Saint-Loup", "10000", "Troyes"),
    ("Cours Distance Plus", "2101", "85.59B", 13, "60 rue du Télégraphe", "54000", "Nancy"),
    ("Résidence Campus", "1671", "55.90Z", 8, "4 allée des Sciences", "35700", "Rennes"),
    ("Rail Saveurs", "1311", "56.29A", 37, "Gare de Lyon", "75012", "Paris"),
    ("Piste Manutention", "1391", "52.24A", 58, "Orly Sud", "94390", "Orly"),
    ("Îles Hôtels", "1979", "55.10Z", 23, "Front de mer", "97400", "Saint-Denis"),
    ("Caraïbes Gros", "0573", "46.39B", 10, "Zone de Jarry", "97122", "Baie-Mahault"),
    ("Lycée des Semailles", "7520", "85.31Z", 29, "Route des Champs", "86000", "Poitiers"),
    ("Form’Agri Centre", "7509", "85.59A", 16, "12 rue des Blés", "36000", "Châteauroux"),
)  # fmt: skip

AUTRES = tuple(
    EntrepriseDemo(10 + rang, nom, idcc, naf, effectif, ((adresse, code, commune),))
    for rang, (nom, idcc, naf, effectif, adresse, code, commune) in enumerate(_AUTRES)
)
TOUTES = (GROS, RESTAURANTS, INTERIM, ORGANISME, CENTRE, SECOND_ORGANISME, *AUTRES)
CLIENTS_DU_CABINET = (GROS, *AUTRES[16:18], AUTRES[19])
ORGANISMES = (ORGANISME, SECOND_ORGANISME)
SUIVIES = (GROS, AUTRES[16], AUTRES[17], INTERIM, RESTAURANTS)
"""Companies whose trainings are over in the demonstration: their invoices and payments are shown."""
