/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/strbuf.h"
#include "base/timestamp.h"
#include "plan/time/name_date.h"

struct row {
    const char *name;
    const char *expected; /* NULL: no date */
};

static bool check_by(const struct row *row, const struct gls_name_rules *rules)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    struct gls_datetime when;
    struct gls_name_remarks remarks;
    bool found = gls_date_from_name(&when, &remarks, row->name, rules);
    if (found) {
        gls_datetime_add_iso(&text, &when);
        if (when.has_offset)
            gls_utc_offset_add(&text, when.utc_offset_s);
    }
    if (found != (row->expected != NULL) ||
        (found && strcmp(gls_strbuf_str(&text), row->expected) != 0))
        fail_msg("%s gives \"%s\", not \"%s\"", row->name, gls_strbuf_str(&text),
                 row->expected != NULL ? row->expected : "");
    return remarks.is_ambiguous;
}

static void check(const struct row *row, const char *regex)
{
    const struct gls_name_rules rules = {regex, GLS_DATE_ORDER_UNKNOWN};
    if (check_by(row, &rules))
        fail_msg("%s is ambiguous", row->name);
}

static const struct row dated[] = {
    {"Adobe Scan 31 Jan 2020.pdf.jpg", "2020-01-31T00:00:00"},
    {"Adobe Scan 3 September 2020 (2).jpg", "2020-09-03T00:00:00"},
    {"Adobe Scan Jan 31, 2020.jpg", "2020-01-31T00:00:00"},
    {"Scan january 31 2020.jpg", "2020-01-31T00:00:00"},
    {"31-DEC-2019_2.jpg", "2019-12-31T00:00:00"},
    {"2019-Dec-31.jpg", "2019-12-31T00:00:00"},
    {"2019.dec.31 party.jpg", "2019-12-31T00:00:00"},
    {"\xE5\x86\x99\xE7\x9C\x9F 2019\xE5\xB9\xB4"
     "12\xE6\x9C\x88"
     "31\xE6\x97\xA5.jpg",
     "2019-12-31T00:00:00"},
    {"2019\xE5\xB9\xB4"
     "1\xE6\x9C\x88"
     "5\xE6\x97\xA5 (2).jpg",
     "2019-01-05T00:00:00"},
    {"2020年02月29日 10时11分12秒.jpg", "2020-02-29T10:11:12"},
    {"IMG_2020年2月29日10時11分12秒.jpg", "2020-02-29T10:11:12"},
    {"2020년 2월 9일 9시 5분 7초.jpg", "2020-02-09T09:05:07"},
    {"2020年2月9日 下午3:04:05.jpg", "2020-02-09T15:04:05"},
    {"2020年2月9日 下午3点04分05秒.jpg", "2020-02-09T15:04:05"},
    {"2020年2月9日(2).jpg", "2020-02-09T00:00:00"},
    {"2020年5月.jpg", "2020-05-01T00:00:00"},
    {"IMG-29022020-WA0001.jpg", "2020-02-29T00:00:00"},
    {"VID-29022020-WA0012 (1).mp4", "2020-02-29T00:00:00"},
    /* months in words, in the languages of the world */
    {"31. Januar 2020.jpg", "2020-01-31T00:00:00"},
    {"24. Dez. 2019.jpg", "2019-12-24T00:00:00"},
    {"3. M\xC3\xA4rz 2020.jpg", "2020-03-03T00:00:00"},  /* 3. März 2020.jpg */
    {"3. MA\xCC\x88RZ 2020.jpg", "2020-03-03T00:00:00"}, /* 3. MÄRZ 2020.jpg */
    {"3-Maerz-2020.jpg", "2020-03-03T00:00:00"},
    {"1er ao\xC3\xBBt 2019.jpg", "2019-08-01T00:00:00"}, /* 1er août 2019.jpg */
    {"14 juil. 2019.jpg", "2019-07-14T00:00:00"},
    {"25 de diciembre de 2019.jpg", "2019-12-25T00:00:00"},
    {"Adobe Scan 12 set 2020.jpg", "2020-09-12T00:00:00"},
    {"7 de setembro de 2019.jpg", "2019-09-07T00:00:00"},
    {"11 listopada 2019.jpg", "2019-11-11T00:00:00"},
    {"20. \xC4\x8D"
     "ervence 2019.jpg",
     "2019-07-20T00:00:00"},                                        /* 20. července 2019.jpg */
    {"9 \xD0\xBC\xD0\xB0\xD1\x8F 2019.jpg", "2019-05-09T00:00:00"}, /* 9 мая 2019.jpg */
    {"2019. augusztus 20..jpg", "2019-08-20T00:00:00"},
    {"July 4th, 2019.jpg", "2019-07-04T00:00:00"},
    {"4th of July 2019.jpg", "2019-07-04T00:00:00"},
    {"July 4, 2019 at 3.04.05 PM.jpg", "2019-07-04T15:04:05"},
    {"Scan Jan 2, 2020 at 3.04 PM.jpg", "2020-01-02T15:04:00"},
    {"2 Jan 2020, 03.04.05.jpg", "2020-01-02T03:04:05"},
    {"July 1965.jpg", "1965-07-01T00:00:00"},
    {"Juli_1965.jpg", "1965-07-01T00:00:00"},
    {"\xE6\x88\xAA\xE5\xB1\x8F"
     "2020-01-02 \xE4\xB8\x8B\xE5\x8D\x88"
     "3.04.05.jpg",
     "2020-01-02T15:04:05"}, /* 截屏2020-01-02 下午3.04.05.jpg */
    {"\xE3\x82\xB9\xE3\x82\xAF\xE3\x83\xAA\xE3\x83\xBC\xE3\x83\xB3\xE3\x82\xB7\xE3\x83\xA7\xE3\x83"
     "\x83\xE3\x83\x88 2020-01-02 \xE5\x8D\x88\xE5\x89\x8D"
     "3.04.05.jpg",
     "2020-01-02T03:04:05"}, /* スクリーンショット 2020-01-02 午前3.04.05.jpg */
    {"\xEC\x8A\xA4\xED\x81\xAC\xEB\xA6\xB0\xEC\x83\xB7 2020-01-02 \xEC\x98\xA4\xED\x9B\x84 "
     "3.04.05.jpg",
     "2020-01-02T15:04:05"}, /* 스크린샷 2020-01-02 오후 3.04.05.jpg */
    {"Captura de pantalla 2020-01-02 a la(s) 3.04.05 p.\xC2\xA0m..jpg",
     "2020-01-02T15:04:05"}, /* Captura de pantalla 2020-01-02 a la(s) 3.04.05 p. m..jpg */
    {"Imagem do WhatsApp de 2020-01-02 \xC3\xA0(s) 03.04.05_1a2b.jpg",
     "2020-01-02T03:04:05"}, /* Imagem do WhatsApp de 2020-01-02 à(s) 03.04.05_1a2b.jpg */
    {"Captura de ecr\xC3\xA3 2020-01-02, \xC3\xA0s 03.04.05.jpg",
     "2020-01-02T03:04:05"}, /* Captura de ecrã 2020-01-02, às 03.04.05.jpg */
    {"vlcsnap-2020-01-02-03h04m05s678.jpg", "2020-01-02T03:04:05"},
    {"2020-01-02 15h04.jpg", "2020-01-02T15:04:00"},
    {"GMT20200102-030405_Recording_1920x1080.jpg", "2020-01-02T03:04:05+00:00"},
    {"Burst_Cover_Collage_20200102030405678.jpg", "2020-01-02T03:04:05.678"},
    {"Picsart_20-01-02_03-04-05-678.jpg", "2020-01-02T03:04:05"},
    {"FILE200102-030405F.jpg", "2020-01-02T03:04:05"},
    {"IMG00012-20100203-1234.jpg", "2010-02-03T12:34:00"},
    /* shapes of cameras and programs */
    {"IMG_20200131_235959.jpg", "2020-01-31T23:59:59"},
    {"VID_20200131_235959.mp4", "2020-01-31T23:59:59"},
    {"MVIMG_20200131_235959.jpg", "2020-01-31T23:59:59"},
    {"20200131_235959.jpg", "2020-01-31T23:59:59"},
    {"20200131_235959(1).jpg", "2020-01-31T23:59:59"},
    {"20200131_235959-1.jpg", "2020-01-31T23:59:59"},
    {"20200131-235959.jpg", "2020-01-31T23:59:59"},
    {"20200131T235959.jpg", "2020-01-31T23:59:59"},
    {"20200131 235959.jpg", "2020-01-31T23:59:59"},
    {"IMG_20200131_235959_123.jpg", "2020-01-31T23:59:59"},
    {"IMG_20200131_235959_HDR.jpg", "2020-01-31T23:59:59"},
    {"IMG20200131235959.jpg", "2020-01-31T23:59:59"},
    {"DJI_20200131235959_0001_D.JPG", "2020-01-31T23:59:59"},
    {"dji_fly_20200131_235959_12_1580511599123_photo.jpg", "2020-01-31T23:59:59"},
    {"dji_mimo_20200131_235959_0_1580511599123_video.mp4", "2020-01-31T23:59:59"},
    {"00000IMG_00000_BURST20200131235959123_COVER.jpg", "2020-01-31T23:59:59.123"},
    {"PXL_20200131_235959123.jpg", "2020-01-31T23:59:59.123+00:00"},
    {"PXL_20200131_235959123.MP.jpg", "2020-01-31T23:59:59.123+00:00"},
    {"PXL_20200131_235959123.PORTRAIT-01.COVER.jpg", "2020-01-31T23:59:59.123+00:00"},
    {"PXL_20200131_235959123~2.jpg", "2020-01-31T23:59:59.123+00:00"},
    {"Screenshot_20200131-235959.png", "2020-01-31T23:59:59"},
    {"Screenshot_20200131-235959_Chrome.jpg", "2020-01-31T23:59:59"},
    {"Screenshot_2020-01-31-23-59-59.png", "2020-01-31T23:59:59"},
    {"Screenshot_2020-01-31-23-59-59-123_com.app.jpg", "2020-01-31T23:59:59"},
    {"Screenshot from 2020-01-31 23-59-59.png", "2020-01-31T23:59:59"},
    {"Screen Shot 2020-01-31 at 23.59.59.png", "2020-01-31T23:59:59"},
    {"Screen Shot 2020-01-31 at 11.59.59 PM.png", "2020-01-31T23:59:59"},
    {"Screenshot 2020-01-31 at 9.05.07\xE2\x80\xAF"
     "AM.png",
     "2020-01-31T09:05:07"},
    {"Screenshot 2020-01-31 at 12.05.07\xE2\x80\xAF"
     "AM.png",
     "2020-01-31T00:05:07"},
    {"Bildschirmfoto 2020-01-31 um 23.59.59.png", "2020-01-31T23:59:59"},
    {"Schermata 2020-01-31 alle 23.59.59.png", "2020-01-31T23:59:59"},
    {"Captura de pantalla 2020-01-31 a las 9.05.07.png", "2020-01-31T09:05:07"},
    {"Capture d\xE2\x80\x99"
     "e\xCC\x81"
     "cran 2020-01-31 a\xCC\x80 23.59.59.png",
     "2020-01-31T23:59:59"},
    {"Captura de Tela 2020-01-31 \xC3\xA0s 23.59.59.png", "2020-01-31T23:59:59"},
    {"Sk\xC3\xA4rmavbild 2020-01-31 kl. 23.59.59.png", "2020-01-31T23:59:59"},
    {"2020_0131_235959_012.MP4", "2020-01-31T23:59:59"},
    {"2020-01-31 23.59.59.jpg", "2020-01-31T23:59:59"},
    {"2020-01-31 23.59.59-1.jpg", "2020-01-31T23:59:59"},
    {"2020-01-31_23-59-59-img_1234.jpg", "2020-01-31T23:59:59"},
    {"2020_01_31_23_59_59.jpg", "2020-01-31T23:59:59"},
    {"signal-2020-01-31-235959.jpg", "2020-01-31T23:59:59"},
    {"signal-2020-01-31-235959_002.jpeg", "2020-01-31T23:59:59"},
    {"signal-2020-01-31-23-59-59-123.jpg", "2020-01-31T23:59:59"},
    {"WhatsApp Image 2020-01-31 at 23.59.59.jpeg", "2020-01-31T23:59:59"},
    {"WhatsApp Image 2020-01-31 at 23.59.59 (2).jpeg", "2020-01-31T23:59:59"},
    {"WhatsApp Video 2020-01-31 at 11.59.59 PM.mp4", "2020-01-31T23:59:59"},
    {"photo_2020-01-31_23-59-59.jpg", "2020-01-31T23:59:59"},
    {"photo_12@31-01-2020_23-59-59.jpg", "2020-01-31T23:59:59"},
    {"video_3@05-06-2020_01-02-03_thumb.jpg", "2020-06-05T01:02:03"},
    {"ScreenRecording_01-31-2020 23-59-59_1.mov", "2020-01-31T23:59:59"},
    {"IMG-20200131-WA0001.jpg", "2020-01-31T00:00:00"},
    {"VID-20200131-WA0001.mp4", "2020-01-31T00:00:00"},
    {"2020-01-31.jpg", "2020-01-31T00:00:00"},
    {"scan 1985-07-04 beach.jpg", "1985-07-04T00:00:00"},
    {"20200229.jpg", "2020-02-29T00:00:00"},
    /* day and month before the year, where one of them is above 12 */
    {"31.12.2019-10.11.12.jpg", "2019-12-31T10:11:12"},
    {"31-12-2019 10-11-12.jpg", "2019-12-31T10:11:12"},
    {"12-31-2019 10-11-12.jpg", "2019-12-31T10:11:12"},
    {"Foto 31.12.2019.jpg", "2019-12-31T00:00:00"},
    {"05-05-2019.jpg", "2019-05-05T00:00:00"}, /* the same in any order */
    {"Photo 31-12-2019, 10 11 12.jpg", "2019-12-31T10:11:12"},
    {"ScreenRecording_31-01-2020 23-59-59_1.mov", "2020-01-31T23:59:59"},
    {"CamScanner 01-02-2020 10.11.12.jpg", "2020-01-02T10:11:12"},
    {"31-12-2019_101112.jpg", "2019-12-31T10:11:12"},
    {"31122019_101112.jpg", "2019-12-31T10:11:12"},
    {"IMG_31122019_101112.jpg", "2019-12-31T10:11:12"},
    {"31122019.jpg", "2019-12-31T00:00:00"},
    {"31.12.2019 10.11.jpg", "2019-12-31T10:11:00"},
    {"24.5.2003 wedding.jpg", "2003-05-24T00:00:00"},
    {"24.5.2003 9.10.11.jpg", "2003-05-24T09:10:11"},
    {"5.5.1945.jpg", "1945-05-05T00:00:00"},
    {"Foto 31.12.19, 10.11.12.jpg", "2019-12-31T10:11:12"},
    /* counts of milliseconds and seconds */
    {"mmexport1567890123456.jpg", "2019-09-07T21:02:03.456+00:00"},
    {"FB_IMG_1567890123456.jpg", "2019-09-07T21:02:03.456+00:00"},
    {"1567890123456.jpg", "2019-09-07T21:02:03.456+00:00"},
    {"1567890123456 (1).jpg", "2019-09-07T21:02:03.456+00:00"},
    {"wx_camera_1567890123456.mp4", "2019-09-07T21:02:03.456+00:00"},
    {"00001IMG_00001_BURST1567890123456_COVER.jpg", "2019-09-07T21:02:03.456+00:00"},
    {"DSC_0001_BURST20200131235959123.JPG", "2020-01-31T23:59:59.123"},
    {"20200131_235959_001.jpg", "2020-01-31T23:59:59"},
    {"RPReplay_Final1567890123.MP4", "2019-09-07T21:02:03+00:00"},
    {"1567890123.jpg", "2019-09-07T21:02:03+00:00"},
    /* Photo Booth */
    {"Photo on 2020-01-31 at 23.59.jpg", "2020-01-31T23:59:00"},
    {"Photo on 2020-01-31 at 11.59 PM #2.jpg", "2020-01-31T23:59:00"},
    {"Photo on 2020-01-31 at 9.05 AM.jpg", "2020-01-31T09:05:00"},
    {"Foto am 2020-01-31 um 23.59.jpg", "2020-01-31T23:59:00"},
    {"Photo on 1-31-20 at 11.59 PM.jpg", "2020-01-31T23:59:00"},
    {"Photo on 31-01-20 at 23.59.jpg", "2020-01-31T23:59:00"},
    {"Foto am 31.01.20 um 23.59 #2.jpg", "2020-01-31T23:59:00"},
    {"Photo le 31-01-2020 \xC3\xA0 23.59.jpg", "2020-01-31T23:59:00"},
    {"flameshot_2020-01-31_23-59.png", "2020-01-31T23:59:00"},
    /* scanners */
    {"img20200131_23595900.jpg", "2020-01-31T23:59:59"},
    {"CCI31012020.jpg", "2020-01-31T00:00:00"},
    {"CCI31012020_0001.jpg", "2020-01-31T00:00:00"},
    {"IMG_20200131_0001.jpg", "2020-01-31T00:00:00"},
    /* WhatsApp */
    {"PHOTO-2020-01-31-23-59-59.jpg", "2020-01-31T23:59:59"},
    {"00000123-PHOTO-2020-01-31-23-59-59.jpg", "2020-01-31T23:59:59"},
    {"PTT-20200131-WA0007.opus", "2020-01-31T00:00:00"},
    {"AUD-20200131-WA0007.m4a", "2020-01-31T00:00:00"},
    {"WhatsApp Ptt 2020-01-31 at 9.05.07 AM.ogg", "2020-01-31T09:05:07"},
    /* Z for UTC */
    {"Skype_Picture_2020_01_31T23_59_59_123Z.jpeg", "2020-01-31T23:59:59+00:00"},
    {"20200131T235959Z.jpg", "2020-01-31T23:59:59+00:00"},
    {"20200131_235959_Zoo.jpg", "2020-01-31T23:59:59"},
    /* before there were digital cameras */
    {"1826-06-01.jpg", "1826-06-01T00:00:00"},
    {"1965-04-03_12-00-00 christening.jpg", "1965-04-03T12:00:00"},
    {"scan_19650403_120000.jpg", "1965-04-03T12:00:00"},
    {"31.03.1965.jpg", "1965-03-31T00:00:00"},
    {"19650403.jpg", "1965-04-03T00:00:00"},
    {"1965-04.jpg", "1965-04-01T00:00:00"},
    {"1965_04.jpg", "1965-04-01T00:00:00"},
    {"1923-07-00.jpg", "1923-07-01T00:00:00"},
    {"1923-00-00 grandmother.jpg", "1923-01-01T00:00:00"},
    {"19650403_christening.jpg", "1965-04-03T00:00:00"},
    {"2020-01-31 to 20200202_101112.jpg", "2020-02-02T10:11:12"},
    /* an impossible time leaves the date */
    {"IMG_20200131_246199.jpg", "2020-01-31T00:00:00"},
};

static void test_shapes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(dated); i++)
        check(&dated[i], NULL);
}

static void test_no_date(void **state)
{
    static const struct row rows[] = {
        {"", NULL},
        {"IMG_1234.JPG", NULL},
        {"31 Jane 2020.jpg", NULL},        /* whose name begins like a month's */
        {"Tamar 31 2020.jpg", NULL},       /* and one that ends like it */
        {"31 Feb 2020.jpg", NULL},         /* no such day */
        {"3 jui 2020.jpg", NULL},          /* June or July */
        {"set 3, 2020.jpg", NULL},         /* September, but of those who write the day first */
        {"photo of March 2019.jpg", NULL}, /* a part of a name states no month alone */
        {"10211234567890123.jpg", NULL},   /* seventeen digits are a number */
        {"200102_030405.jpg", NULL},
        {"3 Ma 2020.jpg", NULL},        /* March or May */
        {"May 31-2020x1080.jpg", NULL}, /* a size */
        {"DSC_20201.NEF", NULL},
        {"12020013123595912345.jpg", NULL}, /* twenty digits */
        {"20200131235959123456.jpg", NULL}, /* the same, beginning like a date */
        {"202001312359591234567.jpg", NULL},
        {"received_2020013123595912.jpeg", NULL},
        {"20200230.jpg", NULL}, /* no such day */
        {"20210229_101010.jpg", NULL},
        {"20201301.jpg", NULL},
        {"DSC_19800101.jpg", NULL},    /* eight digits that old are a number */
        {"1509211530.jpg", NULL},      /* 2015-09-21 15:30, or seconds in 2017? */
        {"DSC_1567890123.jpg", NULL},  /* ten digits are a number */
        {"4006381333931.jpg", NULL},   /* the number on a product */
        {"0946684799999.jpg", NULL},   /* 1999 */
        {"a1567890123456b.jpg", NULL}, /* glued to letters */
        {"2019-10.11.jpg", NULL},      /* no such separators */
        {"1-10-1920x1080.jpg", NULL},  /* a size */
        {"31-10-1920x1080.jpg", NULL},
        {"31-13-2019.jpg", NULL},
        {"1965-13.jpg", NULL},
        {"1923-00-07.jpg", NULL},
        {"31.12.19.jpg", NULL}, /* or the 19th of December 2031 */
        {"12345678_123456.jpg", NULL},
        {"3年2組 5分10秒.mp4", NULL}, /* a class, and how long it ran */
        {"IMG-29022020.jpg", NULL},
        {"100-5-25-2019.jpg", NULL},
        {"1965-04-x.jpg", NULL}, /* or the fourth of a series of 1965 */
        {"scan 1965-04.jpg", NULL},
        {"31.12.2019-10.61.12.jpg", "2019-12-31T00:00:00"},
        {"1825-06-01.jpg", NULL},       /* before there were photographs */
        {"29990101_000000.jpg", NULL},  /* the future */
        {"3f20190512e9a1b2.jpg", NULL}, /* a hash */
        {"abc20190512def.jpg", NULL},
        {"2020-1-31.jpg", NULL},
        {"2020_0131.jpg", NULL},
        {"12020-01-31.jpg", NULL},
        {"2020-01-311.jpg", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i], NULL);
}

/* Which number is the month? Only the user knows. */
static void test_order(void **state)
{
    static const struct {
        const char *name;
        const char *day_first;
        const char *month_first;
    } rows[] = {
        {"01-02-2023.jpg", "2023-02-01T00:00:00", "2023-01-02T00:00:00"},
        {"01.02.2023-10.11.12.jpg", "2023-02-01T10:11:12", "2023-01-02T10:11:12"},
        {"IMG 01_02_2023.jpg", "2023-02-01T00:00:00", "2023-01-02T00:00:00"},
        {"03.04.1965.jpg", "1965-04-03T00:00:00", "1965-03-04T00:00:00"},
        {"3.4.1965.jpg", "1965-04-03T00:00:00", "1965-03-04T00:00:00"},
        {"IMG-01022020-WA0001.jpg", "2020-02-01T00:00:00", "2020-01-02T00:00:00"},
        {"01022023_101112.jpg", "2023-02-01T10:11:12", "2023-01-02T10:11:12"},
        {"Photo on 1-2-20 at 9.05 AM.jpg", "2020-02-01T09:05:00", "2020-01-02T09:05:00"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row none = {rows[i].name, NULL};
        const struct row days = {rows[i].name, rows[i].day_first};
        const struct row months = {rows[i].name, rows[i].month_first};
        assert_true(check_by(&none, &(struct gls_name_rules){NULL, GLS_DATE_ORDER_UNKNOWN}));
        assert_false(check_by(&days, &(struct gls_name_rules){NULL, GLS_DATE_ORDER_DAY_FIRST}));
        assert_false(check_by(&months, &(struct gls_name_rules){NULL, GLS_DATE_ORDER_MONTH_FIRST}));
    }
    const struct row clear = {"31-12-2019.jpg", "2019-12-31T00:00:00"};
    assert_false(check_by(&clear, &(struct gls_name_rules){NULL, GLS_DATE_ORDER_MONTH_FIRST}));
}

static void test_regex(void **state)
{
    static const char european[] = "^(?<day>\\d\\d)\\.(?<month>\\d\\d)\\.(?<year>\\d{2,4})(?:_(?<"
                                   "hour>\\d\\d)(?<minute>\\d\\d))?";
    static const struct row rows[] = {
        {"31.01.2020_2359.jpg", "2020-01-31T23:59:00"},
        {"31.01.2020.jpg", "2020-01-31T00:00:00"},
        {"31.01.20.jpg", "2020-01-31T00:00:00"},
        {"31.01.99.jpg", "1999-01-31T00:00:00"},
        {"31.02.2020.jpg", NULL},
        {"IMG_20200131_235959.jpg", "2020-01-31T23:59:59"}, /* it adds, it does not replace */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i], european);
    /* A group that holds no number, and one that runs away, are no match. */
    const struct row words = {"may-20.jpg", NULL};
    check(&words, "(?<month>[a-z]+)-(?<year>\\d+)(?<day>)");
    const struct row slow = {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", NULL};
    check(&slow, "^(?<year>(a+)+)(?<month>b)(?<day>c)$");
}

static void test_regex_check(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    (void)state;
    assert_true(gls_regex_check("@eaDir|\\.thumbnails", &error));
    assert_int_equal(error.status, GLS_OK);
    assert_false(gls_regex_check("a(b", &error));
    assert_int_equal(error.status, GLS_ERROR_CONFIG);
    assert_non_null(strstr(error.message, "\"a(b\" is no regular expression"));
    assert_true(gls_name_regex_check("(?<year>.)(?<month>.)(?<day>.)", &error));
    assert_false(gls_name_regex_check("(?<year>.)(?<month>.)", &error));
    assert_non_null(strstr(error.message, "(?<day>"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),      cmocka_unit_test(test_no_date),
        cmocka_unit_test(test_order),       cmocka_unit_test(test_regex),
        cmocka_unit_test(test_regex_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
