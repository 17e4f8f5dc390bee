"""What servers say in plain words and mean: a full mailbox, no such mailbox, a sender that is not wanted.

Believed before the number beside it, which is often the sending server's guess, a bare 5.0.0, or one that each maker uses
otherwise. So only what leaves no doubt stands here; of English, and of German, French, Spanish, Italian, Portuguese, Dutch,
Polish, Czech and Turkish, the other nine.
"""

from typing import Final

MAILBOX_FULL: Final = (
    r"mail ?box(?: is)? (?:too )?full",
    r"(?:over|exceed\w*)(?: its| the| his| storage| disk)? ?quota|quota ?exceeded|exceeded storage|out of storage",
    r"(?:postfach|posteingang).{0,40}\bvoll|speicher(?:platz|kontingent).{0,40}(?:erschöpft|überschritten)",
    r"boîte.{0,60}\bpleine|quota.{0,20}dépassé",
    r"(?:buz[oó]n|casilla).{0,60}\bllen[oa]|cuota.{0,30}(?:superad|excedid)",
    r"(?:casella|cassetta).{0,60}\bpiena|quota.{0,20}superata",
    r"caixa.{0,60}\bcheia|quota.{0,20}excedida",
    r"(?:mailbox|postvak\w*|brievenbus).{0,60}\bvol\b",
    r"(?:skrzynk|pojemno|limit).{0,60}(?:pełn|przepełnion|przekroczon)",
    r"(?:schránk|kvót).{0,60}(?:\bpln[áaýé]|překročen)",
    r"(?:kutusu|kotası?).{0,40}(?:dolu|dolmuş|aşıldı)",
)
NOT_WANTED: Final = (
    r"unauthori[sz]ed sender|sender (?:address )?(?:denied|rejected|blocked|not allowed)|domain of sender address",
    r"block(?:ed)? (?:using|by|list)|(?<!be )black-?listed|banned sending|\brbl\b|spamhaus",
    r"client host .{0,60}(?:blocked|rejected)|refused .{0,10}as spam|unexpected volume|user complaints|insecure mail relay",
    r"als spam (?:abgelehnt|abgewiesen|eingestuft)",
    r"mail rejet[ée]?e?\b|service refus[ée]|(?:rejet|refus)ée? .{0,30}(?:spam|indésirable)",
    r"(?:rechazad|bloquead)\w* .{0,30}(?:spam|no deseado)",
    r"(?:rifiutat|bloccat)\w* .{0,30}spam",
    r"(?:rejeitad|bloquead)\w* .{0,30}spam",
    r"(?:geweigerd|geblokkeerd) .{0,30}spam",
    r"(?:odrzucon|zablokowan)\w* .{0,30}spam",
    r"(?:odmítnut|zablokován)\w* .{0,30}spam",
    r"spam olarak (?:reddedil|engellen)",
)
NO_SUCH_DOMAIN: Final = (
    r"null ?mx|does not accept (?:e-?)?mail \(|domain ?does ?not ?exist|host or domain name not found",
    r"\b(?:domain|host|dns)\b.{0,40}(?:could|can)(?: ?not|n.t) be found|\b(?:domain|domäne)\b.{0,40}nicht gefunden",
)
NO_SUCH_ADDRESS: Final = (
    # Microsoft's, the commonest of all; `Access denied` is what its edge says of a mailbox that is not there.
    r"recipient ?not ?found|recipient address rejected: access denied|wasn.t found at",
    r"unknown user|user (?:is )?unknown|no such (?:user|mailbox|recipient)",
    r"(?:address|user|mailbox|recipient|account) does(?: not|n.t) exist|resolver\.adr\.",
    r"(?:address|user|mailbox|recipient|account)\b.{0,60}(?:could|can)(?: ?not|n.t) be found",
    r"(?:adresse|empfänger|postfach|benutzer).{0,60}(?:nicht (?:gefunden|vorhanden|bekannt)|existiert nicht|unbekannt)",
    r"(?:wurde|konnte) (?:bei|in|unter|auf) .{0,60} nicht gefunden",
    r"(?:adresse|destinataire|utilisateur).{0,60}(?:introuvable|n.existe pas|inconnu)|est introuvable (?:sur|dans)",
    r"(?:direcci[óo]n|usuario|destinatario|cuenta|buz[óo]n).{0,60}(?:no existe|desconocid|no se (?:ha )?encontr)",
    r"no se ha encontrado (?:la direcci|el (?:usuario|destinatario))",
    r"no se (?:encontró|pudo encontrar|ha podido encontrar) (?:la |el |a )",
    r"(?:utente|indirizzo|destinatario|casella).{0,60}(?:non esist|sconosciut|inesistent|non (?:è stat[oa] )?trovat)",
    r"(?:endereço|usuário|utilizador|destinatário|conta).{0,60}"
    r"(?:não (?:foi |pôde ser )?encontrad|não existe|desconhecid|inexist)",
    r"(?:adres|gebruiker|ontvanger|mailbox).{0,60}(?:bestaat niet|onbekend|niet gevonden)|is niet gevonden (?:op|bij|in) ",
    r"nie (?:znaleziono|można (?:odnaleźć|znaleźć)) (?:\w+ )?(?:adresu|adresata|odbiorcy|użytkownika)|adresat nieznany",
    r"(?:adres|odbiorca|użytkownik|konto|skrzynka).{0,60}(?:nie istnieje|nieznan|nie zosta\w+ znalezion)",
    r"(?:adresa|příjemce|uživatel|schránka).{0,60}(?:neexistuje|nenalezen|nebyl[ao]? nalezen|neznám)",
    r"(?:adres|alıcı|kullanıcı|hesap).{0,60}(?:bulunamad|mevcut değil|bilinmiyor|geçersiz)",
    r"böyle bir (?:kullanıcı|adres|hesap) yok",
)
