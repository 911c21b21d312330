"""The sets of territories that agreements name most; see the sources beside each."""

from django.db import migrations

# ISO 3166-1 alpha-2, officially assigned.
WORLD = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT "
    "BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH "
    "ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT "
    "HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS "
    "LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI "
    "NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG "
    "SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG "
    "UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)

SETS = [
    ("WORLD", "World", "全球", "全球", WORLD),
    ("GREATER_CHINA", "Greater China", "大中華地區", "大中华地区", "CN HK MO TW"),
    # United Nations M49, sub-region 035.
    ("SOUTHEAST_ASIA", "Southeast Asia", "東南亞", "东南亚", "BN ID KH LA MM MY PH SG TH TL VN"),
    ("EUROPEAN_UNION", "European Union", "歐洲聯盟", "欧洲联盟",
     "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"),
    ("US_AND_CANADA", "United States and Canada", "美國及加拿大", "美国及加拿大", "CA US"),
]


def add_sets(apps, schema_editor):
    TerritorySet = apps.get_model("rights", "TerritorySet")
    for code, en, hant, hans, codes in SETS:
        TerritorySet.objects.create(
            code=code, name_en=en, name_zh_hant=hant, name_zh_hans=hans, codes=codes.split()
        )


class Migration(migrations.Migration):
    dependencies = [("rights", "0002_rules")]

    operations = [migrations.RunPython(add_sets, migrations.RunPython.noop)]
