"""Names for a made-up company, in the scripts that real directories hold.

Given and family names of one row belong together; behind a colon stands the spelling that an
e-mail address would use. Every combination is invented.
"""

from __future__ import annotations

import unicodedata
from random import Random
from typing import NamedTuple

_ROWS = (
    ("Alice Ben Carla Daniel Emma Frank Grace Henry Iris Jack Laura Marcus Nora Oscar Paula",
     "Archer Bennett Cole Dawson Ellis Foster Grant Hayes Irving Jensen Keller Lambert Mason"),
    ("Aoife Seán Niamh Ciarán Orla", "O'Brien O'Neill Byrne Walsh Kearney"),
    ("Žofie Tomáš Lucie Jiří Anežka", "Černá Dvořák Horáková Šimek Říha Vlčková"),
    ("José María Íñigo Lucía Núria", "Peña Núñez Muñoz Ibáñez Güell Ordóñez"),
    ("Jörg Käthe Björn Åsa Søren Øyvind", "Müller Weiß:weiss Ångström Sjöberg Ødegård Kühn"),
    ("Łukasz Małgorzata Paweł Agnieszka", "Wiśniewski Zając Dąbrowska Żak Śliwa"),
    ("Ayşe Çağlar Gülşen Işık:isik Ömer", "Yıldız Şahin Öztürk Çelik Doğan"),
    ("Ольга:olga Михаил:mikhail Наталия:natalia Юрій:yurii",
     "Коваленко:kovalenko Лебедева:lebedeva Мороз:moroz Соколов:sokolov"),
    ("Ελένη:eleni Γιώργος:giorgos Σοφία:sofia", "Αγγέλου:angelou Νικολάου:nikolaou"),
    ("美咲:misaki 健太:kenta さくら:sakura 陽菜:hina", "佐藤:sato 高橋:takahashi 山本:yamamoto"),
    ("芳:fang 伟:wei 静:jing 磊:lei", "王:wang 刘:liu 陈:chen 赵:zhao"),
    ("지우:jiwoo 민준:minjun 서연:seoyeon", "김:kim 이:lee 박:park 최:choi"),
    ("ليلى:layla يوسف:yousef مريم:mariam", "حداد:haddad منصور:mansour نجار:najjar"),
    ("נועה:noa איתן:eitan תמר:tamar", "לוי:levi כהן:cohen מזרחי:mizrahi"),
    ("अनन्या:ananya अर्जुन:arjun मीरा:meera", "शर्मा:sharma वर्मा:verma गुप्ता:gupta"),
    ("สมชาย:somchai มาลี:malee", "ศรีสุข:srisuk วงศ์ดี:wongdee"),
    ("Thị Đức Hương Quang", "Nguyễn Trần Phạm Đặng"),
)  # fmt: skip


class Name(NamedTuple):
    first: str
    last: str
    mailbox: str

    @property
    def full(self) -> str:
        return f"{self.first} {self.last}"


def names(random: Random, number: int) -> list[Name]:
    """No two have the same mailbox."""
    taken: set[str] = set()
    return [_name(random, taken) for _ in range(number)]


def _name(random: Random, taken: set[str]) -> Name:
    firsts, lasts = random.choice(_ROWS)
    first, last = random.choice(firsts.split()), random.choice(lasts.split())
    mailbox = wanted = f"{latin(first)}.{latin(last)}"
    count = 1
    while mailbox in taken:
        count += 1
        mailbox = f"{wanted}{count}"
    taken.add(mailbox)
    return Name(first.partition(":")[0], last.partition(":")[0], mailbox)


_NOT_COMPOSED = str.maketrans({"ø": "o", "ł": "l", "ß": "ss", "ı": "i", "đ": "d", "'": None})


def latin(word: str) -> str:
    spelt = word.partition(":")[2] or word
    plain = unicodedata.normalize("NFKD", spelt.lower().translate(_NOT_COMPOSED))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
