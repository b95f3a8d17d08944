"""Generates the example rosters. All people are invented, and every run writes the same files.

Phone numbers are from the range reserved for fiction (555-0100 to 555-0199), email addresses
from example.com.
"""

import csv
import random
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).parent
# The command embeds them for its demo, and a crate can only embed files from its own folder.
FOLDERS = (HERE, HERE.parent.parent / "crates/vitable-groups-cli/rosters")
BASIC = "pln_Wgx_PobRSymT_ki30sYaBQ"
PLUS = "pln_C506ZkHHTlKfgy16G-TJBQ"
UNKNOWN_PLAN = "pln_AAAAAAAAAAAAAAAAAAAAAQ"
HEADER = [
    "Employee ID",
    "First Name",
    "Last Name",
    "Date of Birth",
    "Mobile",
    "E-mail",
    "Plan ID",
    "Street",
    "Apt",
    "City",
    "State",
    "Zip",
]

FIRST = """Ada Alan Alice Amara Amir Ana Andre Angela Anika Ben Bianca Caleb Carla Carmen Cedric
Chloe Clara Daniel Daria Diego Dwayne Elena Eli Emeka Emma Erin Farid Fatima Felix Fiona Gabriel
Grace Hana Hector Hugo Ibrahim Ines Isaac Ivy Jamal Jana Jonas José Julia Kai Karim Keisha Lamar
Laura Leah Leo Lina Lucia Malik Mara Marcus Maya Mina Nadia Naomi Nia Noah Nora Omar Oscar Paula
Priya Quinn Rafael Renée Rosa Ruth Samir Sara Selma Simon Sofia Tariq Tessa Theo Uma Valerie Victor
Wei Xavier Yara Yusuf Zoë""".split()
LAST = """Abbott Adeyemi Aguilar Baker Barnes Becker Bennett Brooks Castillo Chavez Chen Cole
Cruz Davies Delgado Diaz Dixon Edwards Ellis Fernández Fisher Flores Foster Garcia Gibson Grant
Gray Griffin Gupta Hayes Hughes Ibarra Jackson Jensen Kaur Keller Kim Lang Larsen Lopez Malone
Marsh Mendoza Meyer Miller Moreno Murphy Nguyen Novak O'Brien Okafor Olsen Ortiz Owens Park Patel
Perez Perry Quintero Ramirez Reed Reyes Rivera Rossi Ruiz Santos Schmidt Shah Silva Singh Soto
Stone Tanaka Torres Vargas Vega Walsh Ward Weber West Wolfe Wong Young Zimmerman""".split()
STREETS = """Alder Birch Cedar Chestnut Church Cypress Elm Franklin Garden Hickory Highland
Juniper Lake Laurel Lincoln Magnolia Main Maple Mill Oak Orchard Park Pine Poplar Ridge River
Spruce Summit Sycamore Walnut Willow""".split()
KINDS = ["Street", "Avenue", "Road", "Lane", "Drive", "Court"]
CITIES = [
    ("Philadelphia", "PA", "19103", "215"),
    ("Pittsburgh", "PA", "15222", "412"),
    ("Newark", "NJ", "07102", "973"),
    ("Camden", "NJ", "08102", "856"),
    ("Wilmington", "DE", "19801", "302"),
    ("Baltimore", "MD", "21201", "410"),
    ("Boston", "MA", "02108", "617"),
    ("Hartford", "CT", "06103", "860"),
    ("Albany", "NY", "12207", "518"),
    ("Richmond", "VA", "23219", "804"),
    ("Columbus", "OH", "43215", "614"),
    ("Chicago", "IL", "60601", "312"),
    ("Austin", "TX", "78701", "512"),
    ("Denver", "CO", "80202", "303"),
    ("San Francisco", "CA", "94102", "415"),
    ("San Juan", "PR", "00901", "787"),
]


class People:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.number = 1000
        self.names = set()

    def person(self):
        pick = self.random.choice
        self.number += 1
        while True:
            first, last = pick(FIRST), pick(LAST)
            if (first, last) not in self.names:
                self.names.add((first, last))
                break
        city, state, zipcode, area = pick(CITIES)
        born = date(1958, 1, 1) + timedelta(days=self.random.randrange(365 * 46))
        plain = str.maketrans("éëáí'", "eeai ", "")
        local = f"{first}.{last}".translate(plain).replace(" ", "").lower()
        return {
            "Employee ID": f"EMP-{self.number}",
            "First Name": first,
            "Last Name": last,
            "Date of Birth": born.isoformat(),
            "Mobile": f"{area}55501{self.random.randrange(100):02}"
            if self.random.random() < 0.9
            else "",
            "E-mail": f"{local}@example.com" if self.random.random() < 0.95 else "",
            "Plan ID": pick([BASIC, BASIC, PLUS]),
            "Street": f"{self.random.randrange(1, 2000)} {pick(STREETS)} {pick(KINDS)}",
            "Apt": f"Apt {self.random.randrange(1, 60)}" if self.random.random() < 0.25 else "",
            "City": city,
            "State": state,
            "Zip": zipcode,
        }


def write(name, rows):
    for folder in FOLDERS:
        with open(folder / name, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, HEADER, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def main():
    people = People(seed=20261001)
    october = [people.person() for _ in range(250)]

    mistaken = [dict(row) for row in october]
    mistaken[16]["State"] = "ZZ"
    mistaken[41]["Employee ID"] = mistaken[7]["Employee ID"]
    mistaken[88]["Date of Birth"] = "2062-03-14"
    mistaken[123]["Zip"] = "7102"
    mistaken[170]["E-mail"] = "someone.at.example.com"
    mistaken[229]["Last Name"] = ""
    write("2026-10-members.csv", mistaken)
    write("2026-10-members-fixed.csv", october)

    november = [
        dict(row)
        for index, row in enumerate(october)
        if index not in (4, 33, 61, 97, 120, 158, 199, 244)
    ]
    november[10].update({"Street": "77 Harbor Avenue", "Apt": "Apt 3"})
    november[52]["Mobile"] = "2155550142"
    november[75]["Last Name"] = "Keller-Novak"
    november[140]["E-mail"] = "moved.on@example.com"
    november[201].update({"City": "Camden", "State": "NJ", "Zip": "08102"})
    changed = november[90]
    changed["Plan ID"] = BASIC if changed["Plan ID"] == PLUS else PLUS
    november += [people.person() for _ in range(12)]
    november[-5]["Plan ID"] = UNKNOWN_PLAN
    write("2026-11-members.csv", november)


if __name__ == "__main__":
    main()
