/** The commonest passwords of leaked lists that are long enough to be taken here; what is shorter is refused anyway. */
const words =
  '12345678 123456789 1234567890 12345678910 0123456789 987654321 9876543210 87654321 11111111 111111111 1111111111 00000000 000000000 ' +
  '0000000000 22222222 33333333 44444444 55555555 66666666 77777777 88888888 99999999 12341234 12344321 11223344 1122334455 112233445566 ' +
  '123123123 123321123 147258369 159753456 741852963 789456123 10203040 13131313 12121212 20202020 69696969 01020304 123454321 1234512345 ' +
  'password password1 password12 password123 password1234 password! password1! password@123 passw0rd passw0rd1 p@ssword p@ssw0rd p@ssw0rd1 ' +
  'p@ssw0rd123 pa$$word passwort passwort1 motdepasse contraseña mypassword mypassword1 newpassword changeme changeme1 changeme123 ' +
  'changeit letmein1 letmein123 letmeinnow welcome1 welcome12 welcome123 welcome1234 welcome2024 welcome2025 welcome2026 default1 ' +
  'qwertyui qwertyuio qwertyuiop qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456 1qaz2wsx 1qaz2wsx3edc 1q2w3e4r 1q2w3e4r5t ' +
  '1q2w3e4r5t6y q1w2e3r4 q1w2e3r4t5 qazwsxedc qazwsx123 zaq12wsx zaq1zaq1 asdfghjk asdfghjkl asdfasdf asdf1234 zxcvbnm1 zxcvbnm123 ' +
  'zxcvbnmm qwertz123 qwertzui qwertzuiop azertyui azertyuiop azerty123 abcdefgh abcdefghi abcdefghij abcd1234 abc12345 abc123456 ' +
  'a1b2c3d4 a1234567 a12345678 a123456789 aa123456 aa12345678 1234qwer 123qweasd 123qwe123 1234abcd 12345qwert 123456abc 123456aa ' +
  '123456789a 1234567a q1234567 qq123456 test1234 testtest testing1 testing123 test12345 demo1234 admin123 admin1234 admin12345 ' +
  'administrator adminadmin root1234 rootroot toor1234 master12 master123 secret12 secret123 topsecret supersecret trustno1 access14 ' +
  'iloveyou iloveyou1 iloveyou2 iloveyou123 iloveyou! loveyou1 lovelove loveme12 babygirl babygirl1 princess princess1 princess123 ' +
  'sunshine sunshine1 superman superman1 superstar batman123 spiderman spiderman1 starwars starwars1 pokemon1 pokemon123 football ' +
  'football1 football123 baseball baseball1 basketball basketball1 softball soccer12 hockey12 liverpool liverpool1 chelsea1 arsenal1 ' +
  'barcelona realmadrid juventus manchester michael1 michelle jennifer jessica1 jordan23 jonathan danielle charlie1 samantha alexander ' +
  'alexandra elizabeth christian christina christopher nicholas stephanie victoria benjamin patricia veronica isabella gabriella ' +
  'computer computer1 internet internet1 samsung1 iphone123 google123 facebook facebook1 microsoft linkedin youtube1 whatever whatever1 ' +
  'mustang1 corvette mercedes ferrari1 porsche1 harley12 yamaha12 chocolate chocolate1 cheese12 butterfly butterfly1 dolphins elephant ' +
  'snowball snoopy12 monkey12 monkey123 dragon12 dragon123 shadow12 shadow123 ashley12 bailey12 buster12 tigger12 maggie12 pepper12 ' +
  'freedom1 blink182 metallica nirvana1 slipknot slipknot1 greenday eminem12 rockstar rockyou1 nothing1 midnight midnight1 december ' +
  'november september february summer2024 summer2025 summer2026 winter2024 winter2025 winter2026 summer123 spring2026 autumn2026 ' +
  'sweetheart beautiful beautiful1 friends1 forever1 forever21 hello123 hello1234 hellohello hellokitty helloworld goodluck sunflower ' +
  'lovelife lasvegas newyork1 newyork123 london12 california qweqweqwe asdasdasd zxczxczxc qweasdzxc 1a2b3c4d aaaaaaaa aaaaaaaaa ' +
  'aaaaaaaaaa xxxxxxxx zzzzzzzz asdfqwer poiuytrewq mnbvcxz1 lkjhgfdsa pa55word pass1234 pass12345 passpass 1password 123password ' +
  'parley123 parleyparley correcthorsebatterystaple';

const common = new Set(words.split(' '));

export const isCommon = (password: string): boolean => common.has(password.toLowerCase());
