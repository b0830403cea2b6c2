/**
 * The emoji that people use most, by category. Each: the sign, its shortcodes, its German name, further words in either
 * language that somebody may look for.
 */
export const data = {
  faces: `
😀 grinning Grinsen smile,happy,lachen; 😃 smiley Freude smile,happy,froh; 😄 smile Lächeln happy,joy,froh; 😁 grin Strahlen smile,zähne
😆 laughing,satisfied Lachen haha,lol; 😅 sweat_smile Schwitzlachen puh,relief; 🤣 rofl Kugeln_vor_Lachen lol,haha; 😂 joy Freudentränen lol,haha,tears,lachen
🙂 slightly_smiling_face Leichtes_Lächeln smile; 🙃 upside_down_face Kopfüber silly,ironie; 😉 wink Zwinkern; 😊 blush Errötet_lächelnd smile,happy
😇 innocent Engel angel,halo; 🥰 smiling_face_with_hearts Verliebtes_Lächeln love,liebe; 😍 heart_eyes Herzaugen love,liebe; 🤩 star_struck Sternaugen wow
😘 kissing_heart Kuss kiss,love; 😗 kissing Küssend kiss; 😚 kissing_closed_eyes Kuss_mit_geschlossenen_Augen kiss; 😋 yum Lecker delicious,essen
😛 stuck_out_tongue Zunge tongue; 😜 stuck_out_tongue_winking_eye Zwinkernd_mit_Zunge crazy; 🤪 zany_face Verrückt crazy,irre; 😝 stuck_out_tongue_closed_eyes Bäh tongue
🤑 money_mouth_face Geldgesicht money,reich; 🤗 hugs Umarmung hug,drücken; 🤭 hand_over_mouth Kichern oops,ups; 🤫 shushing_face Psst quiet,leise
🤔 thinking Nachdenken hmm,think,denken; 🤐 zipper_mouth_face Reißverschlussmund secret,still; 🤨 raised_eyebrow Skeptisch doubt,zweifel; 😐 neutral_face Neutral meh
😑 expressionless Ausdruckslos meh; 😶 no_mouth Ohne_Mund silence,stumm; 😏 smirk Verschmitzt smug; 😒 unamused Unbegeistert meh,genervt
🙄 roll_eyes Augenrollen eyeroll,genervt; 😬 grimacing Grimasse awkward,zähne; 😌 relieved Erleichtert calm,ruhig; 😔 pensive Nachdenklich sad,traurig
😪 sleepy Schläfrig tired,müde; 😴 sleeping Schlafend zzz,schlafen; 😷 mask Maske sick,krank; 🤒 face_with_thermometer Fieber sick,krank
🤢 nauseated_face Übel sick,eklig; 🤮 vomiting_face Erbrechen sick,kotzen; 🤧 sneezing_face Niesen sick,schnupfen; 🥵 hot_face Heiß heat,hitze
🥶 cold_face Kalt freezing,frieren; 🥴 woozy_face Beschwipst drunk; 😵 dizzy_face Schwindlig dizzy; 🤯 exploding_head Kopf_explodiert mindblown,wow
🥳 partying_face Feiern party,birthday,geburtstag; 😎 sunglasses Cool sonnenbrille; 🤓 nerd_face Streber nerd,geek; 🧐 monocle_face Monokel inspect
😕 confused Verwirrt; 😟 worried Besorgt sorge; 🙁 slightly_frowning_face Leicht_betrübt sad,traurig; 😮 open_mouth Erstaunt wow,surprised
😯 hushed Verblüfft surprised; 😲 astonished Verwundert wow; 😳 flushed Verlegen embarrassed,rot; 🥺 pleading_face Bettelnd please,bitte
😦 frowning Entsetzt; 😨 fearful Ängstlich scared,angst; 😰 cold_sweat Angstschweiß nervous; 😥 disappointed_relieved Enttäuscht sad
😢 cry Weinen sad,tears,traurig; 😭 sob Heulen sad,tears,weinen; 😱 scream Schrei shock,angst; 😖 confounded Gequält
😞 disappointed Enttäuschung sad; 😓 sweat Bedrückt; 😩 weary Erschöpft tired; 😫 tired_face Müde
🥱 yawning_face Gähnen tired,müde; 😤 triumph Schnaubend proud,wut; 😡 rage Wütend angry,wut; 😠 angry Verärgert mad,böse
🤬 cursing_face Fluchen swear,schimpfen; 😈 smiling_imp Teufelchen devil; 💀 skull Totenkopf dead,tot; 💩 poop Haufen shit,kacke
🤡 clown_face Clown; 👻 ghost Gespenst halloween,geist; 👽 alien Außerirdischer ufo; 🤖 robot Roboter bot`,
  people: `
👋 wave Winken hello,hallo,tschüss,bye; 🤚 raised_back_of_hand Handrücken; ✋ raised_hand Erhobene_Hand stop,halt; 🖖 vulcan_salute Vulkanischer_Gruß spock
👌 ok_hand Perfekt okay; 🤌 pinched_fingers Zusammengedrückte_Finger italian; 🤏 pinching_hand Wenig small,klein; ✌️ v Victory peace,frieden
🤞 crossed_fingers Daumen_drücken luck,glück; 🤟 love_you_gesture Ich_liebe_dich; 🤘 metal Rockhand rock; 🤙 call_me_hand Ruf_mich_an phone
👈 point_left Nach_links; 👉 point_right Nach_rechts; 👆 point_up_2 Nach_oben; 👇 point_down Nach_unten; ☝️ point_up Zeigefinger eins
👍 +1,thumbsup Daumen_hoch yes,like,gut,ja; 👎 -1,thumbsdown Daumen_runter no,dislike,schlecht,nein; ✊ fist Faust; 👊 punch Faustschlag bump
👏 clap Klatschen bravo,applause,beifall; 🙌 raised_hands Hände_hoch hooray,hurra; 👐 open_hands Offene_Hände; 🤲 palms_up_together Handflächen
🤝 handshake Handschlag deal,abgemacht; 🙏 pray Bitte please,thanks,danke; ✍️ writing_hand Schreiben write; 💅 nail_care Nagellack
💪 muscle Muskeln strong,stark; 👀 eyes Augen look,schauen; 👁️ eye Auge; 🧠 brain Gehirn smart
👶 baby Baby kind; 🧒 child Kind; 👩 woman Frau; 👨 man Mann; 🧓 older_adult Älterer_Mensch
🙋 raising_hand Meldung question,frage; 🤦 facepalm Facepalm ohje; 🤷 shrug Schulterzucken dunno,egal; 🙇 bow Verbeugung sorry
🚶 walking Gehen walk,spazieren; 🏃 running Laufen run,rennen; 💃 dancer Tänzerin dance,tanzen; 👯 dancers Tanzende party
🧑‍💻 technologist Am_Computer developer,work,arbeit; 🧑‍🍳 cook Kochen chef; 🧑‍🎓 student Studium; 🧑‍🚀 astronaut Raumfahrt space
❤️ heart Herz love,liebe; 🧡 orange_heart Oranges_Herz; 💛 yellow_heart Gelbes_Herz; 💚 green_heart Grünes_Herz
💙 blue_heart Blaues_Herz; 💜 purple_heart Lila_Herz; 🖤 black_heart Schwarzes_Herz; 🤍 white_heart Weißes_Herz
💔 broken_heart Gebrochenes_Herz sad; 💕 two_hearts Zwei_Herzen love; 💖 sparkling_heart Funkelndes_Herz love; 💋 kiss Kussmund
💯 100 Hundert perfect,volle; 💥 boom Explosion bang; 💫 dizzy Sternchen; 💦 sweat_drops Tropfen; 💤 zzz Schlaf sleep`,
  nature: `
🐶 dog Hund; 🐱 cat Katze; 🐭 mouse Maus; 🐹 hamster Hamster; 🐰 rabbit Hase bunny,ostern; 🦊 fox_face Fuchs; 🐻 bear Bär
🐼 panda_face Panda; 🐨 koala Koala; 🐯 tiger Tiger; 🦁 lion Löwe; 🐮 cow Kuh; 🐷 pig Schwein; 🐸 frog Frosch; 🐵 monkey_face Affe
🙈 see_no_evil Nichts_sehen monkey,affe; 🙉 hear_no_evil Nichts_hören monkey; 🙊 speak_no_evil Nichts_sagen monkey; 🐔 chicken Huhn; 🐧 penguin Pinguin; 🐦 bird Vogel
🦆 duck Ente; 🦅 eagle Adler; 🦉 owl Eule; 🐺 wolf Wolf; 🐴 horse Pferd; 🦄 unicorn Einhorn; 🐝 bee Biene; 🦋 butterfly Schmetterling
🐌 snail Schnecke slow; 🐢 turtle Schildkröte slow; 🐍 snake Schlange; 🐙 octopus Krake; 🐬 dolphin Delfin; 🐳 whale Wal; 🐟 fish Fisch
🦔 hedgehog Igel; 🐾 paw_prints Pfoten; 🌵 cactus Kaktus; 🎄 christmas_tree Weihnachtsbaum xmas; 🌲 evergreen_tree Nadelbaum; 🌳 deciduous_tree Laubbaum
🌱 seedling Keimling plant; 🌿 herb Kraut; 🍀 four_leaf_clover Glücksklee luck,glück; 🍁 maple_leaf Ahornblatt herbst; 🌹 rose Rose flower,blume; 🌻 sunflower Sonnenblume
🌷 tulip Tulpe; 🌸 cherry_blossom Kirschblüte; 💐 bouquet Blumenstrauß flowers; 🌍 earth_africa Erde world,welt; 🌙 crescent_moon Mond night,nacht; ⭐ star Stern
🌟 star2 Leuchtender_Stern; ✨ sparkles Funkeln magic,neu; ⚡ zap Blitz lightning; 🔥 fire Feuer hot,flame; 🌈 rainbow Regenbogen; ☀️ sunny Sonne sun,wetter
⛅ partly_sunny Heiter cloud; ☁️ cloud Wolke; 🌧️ rain_cloud Regen rain; ⛈️ thunder_cloud Gewitter storm; ❄️ snowflake Schnee snow,cold; ⛄ snowman Schneemann
💨 dash Wind; 💧 droplet Wassertropfen water; ☔ umbrella Regenschirm rain; 🌊 ocean Welle wave,meer,sea`,
  food: `
🍏 green_apple Grüner_Apfel; 🍎 apple Apfel; 🍐 pear Birne; 🍊 tangerine Mandarine orange; 🍋 lemon Zitrone; 🍌 banana Banane; 🍉 watermelon Wassermelone
🍇 grapes Trauben; 🍓 strawberry Erdbeere; 🫐 blueberries Blaubeeren; 🍒 cherries Kirschen; 🍑 peach Pfirsich; 🥭 mango Mango; 🍍 pineapple Ananas; 🥝 kiwi_fruit Kiwi
🍅 tomato Tomate; 🥑 avocado Avocado; 🥦 broccoli Brokkoli; 🥕 carrot Karotte; 🌽 corn Mais; 🌶️ hot_pepper Chili scharf; 🥔 potato Kartoffel; 🧄 garlic Knoblauch
🥐 croissant Croissant; 🍞 bread Brot; 🥨 pretzel Brezel; 🧀 cheese Käse; 🥚 egg Ei; 🍳 fried_egg Spiegelei cooking; 🥞 pancakes Pfannkuchen; 🥓 bacon Speck
🍔 hamburger Burger; 🍟 fries Pommes; 🍕 pizza Pizza; 🌭 hotdog Hotdog wurst; 🥪 sandwich Sandwich; 🌮 taco Taco; 🥗 green_salad Salat salad; 🍝 spaghetti Spaghetti pasta,nudeln
🍜 ramen Nudelsuppe noodles; 🍣 sushi Sushi; 🍚 rice Reis; 🥟 dumpling Teigtasche; 🍦 icecream Eis; 🍩 doughnut Donut; 🍪 cookie Keks; 🎂 birthday Geburtstagstorte cake,kuchen
🍰 cake Kuchen torte; 🧁 cupcake Muffin; 🍫 chocolate_bar Schokolade; 🍬 candy Bonbon; 🍿 popcorn Popcorn movie,kino; 🍯 honey_pot Honig
☕ coffee Kaffee cafe; 🍵 tea Tee; 🥤 cup_with_straw Getränk drink; 🍺 beer Bier; 🍻 beers Prost cheers,bier; 🥂 clinking_glasses Anstoßen cheers,sekt; 🍷 wine_glass Wein; 🍸 cocktail Cocktail
🍾 champagne Sekt party; 🍴 fork_and_knife Besteck essen,eat; 🧊 ice_cube Eiswürfel`,
  activity: `
⚽ soccer Fußball sport; 🏀 basketball Basketball; 🏈 football Football; 🎾 tennis Tennis; 🏐 volleyball Volleyball; 🏓 ping_pong Tischtennis; 🏸 badminton Badminton
🥊 boxing_glove Boxen; 🎿 ski Ski; ⛸️ ice_skate Schlittschuh; 🏊 swimmer Schwimmen swim; 🚴 bicyclist Radfahren bike; 🧘 yoga Yoga; 🧗 climbing Klettern
🏆 trophy Pokal win,sieg; 🥇 1st_place_medal Goldmedaille first; 🎯 dart Volltreffer target,ziel; 🎮 video_game Videospiel game; 🎲 game_die Würfel; ♟️ chess_pawn Schach; 🧩 jigsaw Puzzle
🎨 art Malen kunst; 🎬 clapper Film movie; 🎤 microphone Mikrofon sing; 🎧 headphones Kopfhörer music; 🎵 musical_note Note music,musik; 🎸 guitar Gitarre; 🎹 musical_keyboard Klavier piano; 🎻 violin Geige
🎁 gift Geschenk present; 🎉 tada Konfetti party,congrats,glückwunsch; 🎊 confetti_ball Konfettiball party; 🎈 balloon Luftballon party; 🎟️ ticket Eintrittskarte; 📚 books Bücher read,lesen`,
  travel: `
🚗 car Auto; 🚕 taxi Taxi; 🚌 bus Bus; 🚑 ambulance Krankenwagen; 🚒 fire_engine Feuerwehr; 🚜 tractor Traktor; 🚲 bike Fahrrad; 🛴 scooter Roller
🚂 train Lok zug; 🚆 train2 Zug bahn; 🚇 metro U-Bahn; 🚋 tram Straßenbahn; ✈️ airplane Flugzeug flight,flug; 🚀 rocket Rakete launch,start; 🚁 helicopter Hubschrauber; ⛵ sailboat Segelboot
⛴️ ferry Fähre ship; 🚢 ship Schiff; ⚓ anchor Anker; 🚧 construction Baustelle; 🚦 vertical_traffic_light Ampel; 🗺️ world_map Weltkarte; 🧭 compass Kompass; ⛰️ mountain Berg
🏔️ mountain_snow Schneeberg; 🏕️ camping Zelten camp; 🏖️ beach_umbrella Strand beach,urlaub; 🏝️ desert_island Insel island; 🏠 house Haus home,zuhause; 🏡 house_with_garden Haus_mit_Garten; 🏢 office Büro work; 🏥 hospital Krankenhaus
🏫 school Schule; 🏰 castle Schloss; ⛪ church Kirche; 🕌 mosque Moschee; 🌃 night_with_stars Sternennacht; 🌅 sunrise Sonnenaufgang morgen; 🎡 ferris_wheel Riesenrad; ⛺ tent Zelt`,
  objects: `
⌚ watch Uhr; 📱 iphone Handy phone,mobile; 💻 computer Laptop; ⌨️ keyboard Tastatur; 🖨️ printer Drucker; 📷 camera Kamera photo,foto; 📹 video_camera Videokamera; 📺 tv Fernseher
📞 telephone_receiver Telefonhörer call; 🔋 battery Akku; 🔌 electric_plug Stecker; 💡 bulb Idee idea,light; 🔦 flashlight Taschenlampe; 🕯️ candle Kerze; 💸 money_with_wings Geld money; 💶 euro Euro geld
💳 credit_card Kreditkarte pay; 💎 gem Diamant; 🔧 wrench Schraubenschlüssel fix; 🔨 hammer Hammer; ⚙️ gear Zahnrad settings; 🧲 magnet Magnet; 💊 pill Tablette medicine; 🩹 adhesive_bandage Pflaster
🚪 door Tür; 🛏️ bed Bett; 🛋️ couch Sofa; 🚿 shower Dusche; 🧹 broom Besen; 🧺 basket Korb; 🧽 sponge Schwamm; 🔑 key Schlüssel
📦 package Paket parcel; ✉️ email Brief mail; 📎 paperclip Büroklammer; 📌 pushpin Reißzwecke pin; ✂️ scissors Schere; 📝 memo Notiz note; 📅 date Kalender calendar,termin; 📈 chart_up Aufwärts
📉 chart_down Abwärts; 🔍 mag Lupe search,suche; 🔒 lock Schloss_zu secure; 🔓 unlock Schloss_offen; ⏰ alarm_clock Wecker; ⏳ hourglass Sanduhr wait,warten; 🗑️ wastebasket Papierkorb; 🎒 school_satchel Rucksack
👓 eyeglasses Brille; 👕 shirt T-Shirt; 👗 dress Kleid; 👟 athletic_shoe Turnschuh; 👑 crown Krone; 🎩 tophat Zylinder; 💍 ring Ring; ☂️ open_umbrella Schirm`,
  symbols: `
✅ white_check_mark Haken done,yes,fertig; ☑️ ballot_box_with_check Angekreuzt; ✔️ heavy_check_mark Häkchen ok; ❌ x Kreuz no,falsch; ❎ negative_squared_cross_mark Kreuz_im_Kasten; ➕ heavy_plus_sign Plus; ➖ heavy_minus_sign Minus; ❓ question Fragezeichen
❗ exclamation Ausrufezeichen; ‼️ bangbang Zwei_Ausrufezeichen; ⚠️ warning Warnung achtung; 🚫 no_entry_sign Verboten; ⛔ no_entry Einfahrt_verboten; 🔞 underage Ab_18; ♻️ recycle Recycling; 🆗 ok OK okay
🆕 new Neu; 🆘 sos SOS help,hilfe; 🔴 red_circle Roter_Kreis; 🟠 orange_circle Oranger_Kreis; 🟡 yellow_circle Gelber_Kreis; 🟢 green_circle Grüner_Kreis; 🔵 blue_circle Blauer_Kreis; ⚫ black_circle Schwarzer_Kreis
⬆️ arrow_up Pfeil_hoch; ⬇️ arrow_down Pfeil_runter; ⬅️ arrow_left Pfeil_links; ➡️ arrow_right Pfeil_rechts; 🔄 arrows_counterclockwise Neu_laden refresh; 🔁 repeat Wiederholen; ▶️ arrow_forward Abspielen play; ⏸️ pause_button Pause
🔔 bell Glocke; 🔕 no_bell Stumm; 🔊 loud_sound Laut; 💬 speech_balloon Sprechblase; 💭 thought_balloon Gedankenblase; ♾️ infinity Unendlich; ☮️ peace_symbol Frieden peace; 🏳️‍🌈 rainbow_flag Regenbogenflagge pride
🇩🇪 de Deutschland germany; 🇦🇹 austria Österreich; 🇨🇭 switzerland Schweiz; 🇪🇺 eu Europa; 🇬🇧 gb,uk Großbritannien; 🇺🇸 us USA; 🇫🇷 fr Frankreich; 🇮🇹 it Italien; 🇪🇸 es Spanien; 🇺🇦 ukraine Ukraine; 🏁 checkered_flag Ziel finish`,
} as const;
