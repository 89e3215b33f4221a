import { rulesOf, type Vocabulary } from './vocabulary.js';

const GERMAN: Vocabulary = {
  language: 'de',
  paper:
    'visum\\w*|visa|visa-\\w+|arbeitserlaubnis|arbeitsgenehmigung|arbeitsvisum|aufenthaltstitel\\w*|aufenthaltserlaubnis|aufenthaltsgenehmigung|niederlassungserlaubnis|blaue[nr]? karte|blue card|(?:rot-weiss|rot-weis)-rot[ -]karte',
  help: 'unterstutzen wir|wir unterstutzen|unterstutzung|hilfe|helfen|wir helfen|unterstutzt dich|zur seite|sponsoring|sponsorship|sponsern|visa-sponsoring|visums?sponsoring|visa-unterstutzung|visums?unterstutzung',
  act: 'beantrag(?:en|t)|uberneh?m(?:en|t)|ubernimmt|kummer(?:n|t)(?: sich)?|begleite[nt]|organisier(?:en|t)|regel[nt]|erledig(?:en|t)|unterstutz(?:en|t)|sponser[nt]|sponsoren',
  employer: 'wir|unser\\w*|unternehmen|personalabteilung|\\w+-team',
  offer:
    'visa[- ](?:sponsoring|sponsorship|unterstutzung|support)(?:\\W*$| (?:ist )?(?:moglich|verfugbar|inklusive)|,| und| &)|(?:visum|visums)(?:sponsoring|unterstutzung|hilfe)(?:\\W*$| (?:ist )?(?:moglich|verfugbar|inklusive)|,| und| &)',
  condition: 'im einzelfall|in einzelfallen|unter umstanden|gegebenenfalls|ggf|eventuell|nach absprache',
  not: 'kein\\w*|nicht|leider|ohne|weder',
  denial: 'nicht|leider|kein\\w*|ausgeschlossen',
  demand:
    'gultig\\w*|voraussetzung|vorausgesetzt|erforderlich|notwendig|benotigst|besitzt|besitzen|verfugst|verfugen|bestehende\\w*|unbefristete\\w*|unbeschrankte\\w*|uneingeschrankte\\w*|vorhanden\\w*|bereits|zwingend|nachweis|hast|haben|brauchst|vorliegen\\w*',
  right:
    'recht,? in \\w+ zu arbeiten|(?:eu|deutsche\\w*|osterreichische\\w*|schweizer)[ -]?(?:staatsburgerschaft|staatsangehorigkeit)|(?:staatsburgerschaft|staatsangehorigkeit)[^.]{0,30}(?:eu|erforderlich|voraussetzung)',
  relocation: 'umzugs(?:hilfe|unterstutzung|kosten\\w*|pauschale|paket)',
};

const FRENCH: Vocabulary = {
  language: 'fr',
  paper:
    'visas?|permis de travail|titres? de sejour|autorisations? de travail|passeport talent|carte bleue europeenne|blue card',
  help: 'aidons|aide (?:pour|a|au|aux|dans)|accompagnons|accompagnement|accompagne|prenons en charge|prise en charge|pris en charge|prend en charge|soutien|soutenons|sponsorisons|sponsorise|sponsorises|sponsoring|sponsorisation|parrainage|parrainons|parraine|nous (?:nous )?occupons|finan[cs]ons|assistance (?:pour|a|dans)|demarches (?:de|pour)',
  act: 'gere|gerons|finance|occupe|sponsoriser|accompagner|aider|prendre en charge|facilite',
  employer: "nous|l'entreprise|l'equipe|cabinet|societe|employeur",
  condition: 'au cas par cas|eventuellement|selon (?:le|votre) profil|peut-etre|sous conditions',
  not: "pas|aucun\\w*|sans|impossible|ni|n'est pas",
  denial: 'pas|aucun\\w*|impossible|exclu\\w*',
  demand:
    'valides?|validite|valable|indispensable|obligatoires?|requis\\w*|exige\\w*|disposez|disposer|devez|deja|necessaires?|titulaire|munis?',
  right:
    "autorise\\w* a travailler|droit de travailler|nationalite (?:francaise|europeenne)[^.]{0,20}|ressortissant\\w* (?:de l'ue|europeen\\w*|francais)",
};

const DUTCH: Vocabulary = {
  language: 'nl',
  paper:
    'visum\\w*|visa|werkvergunning\\w*|verblijfsvergunning\\w*|tewerkstellingsvergunning|blauwe kaart|blue card|kennismigrant\\w*',
  help: 'we helpen|wij helpen|helpen we|helpen wij|hulp (?:bij|met)|ondersteuning|ondersteunen|we regelen|wij regelen|regelen we|regelen wij|we verzorgen|wij verzorgen|visumsponsoring|sponsoren',
  act: 'vragen|regelen|verzorgen|helpen|doen|sponsoren|aanvragen|ondersteunen|betalen',
  employer: 'wij|we|ons bedrijf',
  offer:
    'erkend referent|visumondersteuning|visumsponsoring(?: is)? (?:mogelijk|beschikbaar)|kennismigrant\\w*[^.]{0,25}(?:welkom|mogelijk)',
  condition: 'eventueel|in overleg|in sommige gevallen|mogelijk kunnen',
  not: 'geen|niet|zonder|helaas',
  denial: 'niet|geen|helaas|uitgesloten',
  demand: 'geldige?|beschikt?|beschikken|vereist\\w*|bezit|nodig|moet|verplicht|reeds|al een',
  right:
    'gerechtigd (?:om )?[^.]{0,30}te werken|mag [^.]{0,40}\\bin (?:nederland|belgie|de eu) werken|recht (?:om|hebt om)[^.]{0,30}te werken|(?:nederlandse|europese) nationaliteit',
  relocation: 'verhuis(?:vergoeding|kosten\\w*)',
};

const SPANISH: Vocabulary = {
  language: 'es',
  paper:
    'visas?|visados?|permisos? de (?:trabajo|residencia)(?: y (?:trabajo|residencia))?|autorizacion(?:es)? de (?:trabajo|residencia)|tarjeta azul|blue card',
  help: 'patrocinio|patrocinamos|apoyo|apoyamos|ayuda|ayudamos|ofrecemos|gestionamos|tramitamos|encargamos|asistencia|cubrimos|sponsorizamos|acompanamos|te ayudaremos',
  act: 'tramita|gestiona|ayuda|cubre|patrocina|patrocinar|tramitar|gestionar|apoyar',
  employer: 'empresa|equipo|podemos|compania',
  condition: 'en algunos casos|segun (?:el|tu) perfil|podriamos|caso por caso|excepcional\\w*',
  not: 'no|sin|ningun\\w*|tampoco',
  denial: 'no (?:disponible|es posible|esta|se)|imposible',
  demand:
    'imprescindible|vigor|vigente|valido|valida|debes|necesari[oa]|requisito|requerid[oa]|requiere|obligatori[oa]|contar con|tener|disponer|solo|unicamente',
  right:
    'derecho a trabajar|autorizad[oa]s? (?:para|a) trabajar|autorizacion para trabajar|(?:nacionalidad|ciudadania) (?:espanola|europea|de la ue)',
};

const SWEDISH: Vocabulary = {
  language: 'sv',
  paper: 'arbetstillstand\\w*|uppehallstillstand\\w*|visum|visumet|visumansokan|(?:eu-)?blakort\\w*|bla kort',
  help: 'hjalper vi|vi hjalper|hjalp med|stod med|visumsponsring|vi sponsrar|sponsrar vi|sponsra|vi ordnar|ordnar vi|vi bistar',
  act: 'hjalper|sponsrar|ansoker|ordnar|bistar|skoter|betalar|star',
  employer: 'vi|foretaget|bolaget',
  condition: 'eventuellt|i vissa fall|kan bli aktuellt|undantagsfall',
  not: 'inte|ej|ingen|inget|inga|tyvarr|utan',
  denial: 'inte|ej|tyvarr|uteslutet',
  demand: 'maste|kravs|kraver|krav|giltigt|giltiga|redan|behover|forutsatter',
  right: 'ratt att arbeta|(?:svenskt|europeiskt) medborgarskap|(?:svensk|eu)-?medborgare|medborgarskap (?:i|kravs)',
};

const ITALIAN: Vocabulary = {
  language: 'it',
  // "Visto" alone is also "seen".
  paper:
    '(?:il|del|un|al|dal|sul|per il|di) visto|vist[oi] (?:di|per) (?:lavoro|soggiorno|ingresso)|permess[oi] di (?:soggiorno|lavoro)|carta blu|nulla osta|blue card',
  help: 'aiutiamo|aiuto|occupiamo|offriamo|sponsorizzazione|sponsorizziamo|gestiamo|copriamo|supporto|supportiamo|assistenza|accompagniamo|seguiamo|pensiamo noi',
  act: 'fa carico|occupa|gestisce|copre|sponsorizza|sponsorizzare|aiuta|segue',
  employer: 'azienda|team|possiamo|societa',
  condition: 'in alcuni casi|eventual\\w*|caso per caso|potremmo',
  not: 'non|nessun\\w*|senza|purtroppo',
  denial: 'non|impossibile|esclus[oa]',
  demand: 'richiest[oi]|valid[oi]|necessari[oa]|possesso|devi|deve|devono|obbligatori[oa]|gia|essere in regola',
  right:
    "autorizzat[oi] a lavorare|diritto (?:di|a|al) lavor\\w+|cittadin[oi] (?:ue|dell'ue|europe[oi]|italian[oi])|cittadinanza (?:italiana|europea|ue)",
};

const POLISH: Vocabulary = {
  language: 'pl',
  paper:
    'wiz[aye]|wiz|wizow\\w+|(?:pozwoleni|zezwoleni)\\w+ na prace|niebiesk\\w+ kart\\w+|blue card|kart\\w+ pobytu|pobyt i prace|zezwoleni\\w+ na pobyt',
  help: 'pomagamy|pomozemy|pomoc|pomocy|wsparcie|wspieramy|zapewniamy|zalatwimy|zalatwiamy|sponsorujemy|sponsorowanie|sponsorowania|oferujemy|pokrywamy|pokryjemy|legalizujemy|wystapimy|organizujemy|zajmiemy sie|zajmujemy sie',
  condition: 'w wyjatkowych|ewentualnie|indywidualnie|w niektorych przypadkach',
  not: 'nie|bez|brak|niestety',
  denial: 'nie (?:jest|sa|ma|oferujemy|zapewniamy)|niemozliw\\w+',
  demand:
    'wymagan\\w+|wymagamy|wazn\\w+|musisz|musza|musi|posiadac|posiadasz|posiadanie|konieczn\\w+|niezbedn\\w+|aktualn\\w+',
  right: 'prawo do pracy|prawa do pracy|obywatelstw\\w+ (?:polski\\w+|ue|unii)|uprawnieni\\w+ do pracy',
};

const PORTUGUESE: Vocabulary = {
  language: 'pt',
  // "Visto" alone is also "seen".
  paper:
    '(?:o|do|um|teu|seu|de|os|dos|com) vistos?|vistos? de (?:trabalho|residencia)|patrocin\\w+ vistos?|vistos? e|autorizacao de (?:residencia|trabalho)|permissao de trabalho|cartao azul|blue card',
  help: 'ajudamos|ajuda|tratamos|apoiamos|apoio|oferecemos|patrocinio|patrocinamos|assistencia|suporte|cuidamos|asseguramos|suportamos|pagamos',
  act: 'trata|cuida|apoia|suporta|patrocina|patrocinar|tratar|apoiar',
  employer: 'empresa|equipa|equipe|podemos',
  condition: 'em alguns casos|eventualmente|caso a caso|podemos vir a',
  not: 'nao|sem|nenhum\\w*|infelizmente',
  denial: 'nao|impossivel',
  demand:
    'necessari[oa]|valid[oa]|obrigatori[oa]|deves?|tens de|tem de|possuir|exigi\\w+|requisito|e preciso|titular|so|apenas|somente',
  right:
    'direito (?:de|a) trabalhar|autorizacao para trabalhar|autorizad[oa]s? a trabalhar|(?:cidadania|nacionalidade) (?:portuguesa|europeia|da ue)',
};

export const OTHER_LANGUAGES = [GERMAN, FRENCH, DUTCH, SPANISH, SWEDISH, ITALIAN, POLISH, PORTUGUESE].flatMap(rulesOf);
