// What every screen shares, in Arabic.

export const app = {
  preview: "نسخة معاينة: ليست لرعاية المرضى",
  language: "اللغة",
  english: "English",
  arabic: "العربية",
  theme: "الشاشة",
  day: "نهارية",
  night: "ليلية",
  digits: "الأرقام",
  latinDigits: "123",
  arabicDigits: "١٢٣",
  close: "إغلاق",
  tryAgain: "إعادة المحاولة",
  loading: "تجري القراءة من هذا الجهاز…",
  unknown: "غير معروف",
  asOf: "البيانات حتى {{when}}",
  asOfUnknown: "تاريخ البيانات غير معروف",
  version: "الإصدار {{version}} · {{workstation}}",
  list: "{{first}}، {{rest}}",
  hijri: "{{gregorian}} · {{hijri}}",
};

export const time = {
  now: "الآن",
  minutesAgo_zero: "الآن",
  minutesAgo_one: "قبل دقيقة",
  minutesAgo_two: "قبل دقيقتين",
  minutesAgo_few: "قبل {{count}} دقائق",
  minutesAgo_many: "قبل {{count}} دقيقة",
  minutesAgo_other: "قبل {{count}} دقيقة",
  hoursAgo_zero: "قبل أقل من ساعة",
  hoursAgo_one: "قبل ساعة",
  hoursAgo_two: "قبل ساعتين",
  hoursAgo_few: "قبل {{count}} ساعات",
  hoursAgo_many: "قبل {{count}} ساعة",
  hoursAgo_other: "قبل {{count}} ساعة",
  daysAgo_zero: "اليوم",
  daysAgo_one: "قبل يوم",
  daysAgo_two: "قبل يومين",
  daysAgo_few: "قبل {{count}} أيام",
  daysAgo_many: "قبل {{count}} يومًا",
  daysAgo_other: "قبل {{count}} يوم",
  years_zero: "أقل من سنة",
  years_one: "سنة واحدة",
  years_two: "سنتان",
  years_few: "{{count}} سنوات",
  years_many: "{{count}} سنة",
  years_other: "{{count}} سنة",
  months_zero: "أقل من شهر",
  months_one: "شهر واحد",
  months_two: "شهران",
  months_few: "{{count}} أشهر",
  months_many: "{{count}} شهرًا",
  months_other: "{{count}} شهر",
  days_zero: "أقل من يوم",
  days_one: "يوم واحد",
  days_two: "يومان",
  days_few: "{{count}} أيام",
  days_many: "{{count}} يومًا",
  days_other: "{{count}} يوم",
  today: "اليوم {{time}}",
  yesterday: "أمس {{time}}",
  shortYears: "{{value}} سنة",
  shortMonths: "{{value}} شهر",
  shortDays: "{{value}} يوم",
};

export const role = {
  nurse: "تمريض",
  doctor: "طب",
  pharmacist: "صيدلة",
  "privacy-officer": "خصوصية المرضى",
};

export const sex = { male: "ذكر", female: "أنثى", other: "آخر", unknown: "الجنس غير معروف" };

export const sexShort = { male: "ذكر", female: "أنثى", other: "آخر", unknown: "؟" };

export const cover = {
  title: "الشاشة مقفلة",
  text: "أُزيلت سجلات المرضى من هذه الشاشة، وشاشة الدخول قيد التحميل.",
  stuck: "إذا لم تظهر شاشة الدخول فافتحها من هنا. لم يضع شيء مما سجّلته.",
  reload: "فتح شاشة الدخول",
  lostTitle: "انقطع الاتصال داخل هذا الجهاز",
  lostText:
    "توقّف الجزء الذي يحفظ السجلات في «أمانة» عن الاستجابة، لذلك أُفرغت هذه الشاشة. ما حفظته محفوظ على هذا الجهاز، وكذلك ما كنت تكتبه. يعيد البرنامج تشغيله تلقائيًا؛ فإن استمر ذلك فأعد تشغيل «أمانة».",
  noLinkTitle: "استُخدم رابط المعاينة هذا من قبل",
  noLinkText:
    "يُفتح كل رابط معاينة مرة واحدة. شغّل «أمانة» مجددًا بالأمر npm start وافتح الرابط الذي يطبعه. لم يضع شيء.",
  takenTitle: "«أمانة» مفتوح في علامة تبويب أخرى",
  takenText:
    "تولّت علامة تبويب أخرى العمل، لذلك أُفرغت هذه. تابع هناك، أو أغلقها وابدأ مجددًا بالأمر npm start.",
  failedTitle: "تعذّر بدء «أمانة»",
  failedText:
    "لم تتمكن هذه الشاشة من الوصول إلى الجزء الذي يحفظ السجلات. لم يُحذف شيء. أعد تشغيل «أمانة»؛ فإن استمر ذلك فاتصل بتقنية المعلومات واستخدم نماذج التوقف الورقية.",
};
